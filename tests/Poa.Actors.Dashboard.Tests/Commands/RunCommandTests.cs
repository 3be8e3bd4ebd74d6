using Microsoft.Extensions.DependencyInjection;
using Poa.Actors.Abstractions;
using Poa.Actors.Dashboard.Commands;
using Poa.Actors.Dashboard.Security;
using Poa.Actors.Tests;

namespace Poa.Actors.Dashboard.Tests.Commands;

[Collection(OneDevice.Name)]
public sealed class RunCommandTests(DashboardFixture dashboard) : IClassFixture<DashboardFixture>
{
    private readonly System.Security.Claims.ClaimsPrincipal _user = PoaClaims.Principal("olga", Role.Operator, "tests");

    private DashboardCommands Commands => dashboard.Host.Services.GetRequiredService<DashboardCommands>();

    [Fact]
    public async Task StartRun_Accepted_IsRecordedWithItsRunAndCreator()
    {
        var id = Specifications.NewId();

        var run = await Commands.StartRunAsync(_user, new NewRun { Preset = "demo-quick", Data = "demo?split=train", RunId = id, Name = "first" });
        await CancelledAsync(id, () => Commands.CancelRunAsync(_user, id));

        Assert.Equal("olga", run.Specification.CreatedBy);
        var entries = (await dashboard.Poa.Audit.QueryAsync(new AuditQuery { Text = id })).Entries;
        Assert.Equal(["run.cancel", "run.start"], entries.Select(entry => entry.Command));
        Assert.All(entries, entry => Assert.Equal(("olga", "operator", AuditOutcome.Accepted), (entry.User, entry.Role, entry.Outcome)));
    }

    [Fact]
    public async Task StartRun_WrongConfiguration_FailsWithEveryFaultAndIsRecorded()
    {
        var id = Specifications.NewId();

        var error = await Assert.ThrowsAsync<PoaException>(() => Commands.StartRunAsync(
            _user, new NewRun { Preset = "demo-quick", Overrides = ["optim.epochs=-1", "no.such.key=1"], Data = "demo?split=train", RunId = id }));

        Assert.Equal(ErrorCodes.InvalidArgument, error.Code);
        Assert.Contains("optim.epochs", error.Message);
        Assert.Contains("no.such", error.Message);
        Assert.Equal(AuditOutcome.Failed, Assert.Single((await dashboard.Poa.Audit.QueryAsync(new AuditQuery { Text = id })).Entries).Outcome);
    }

    [Fact]
    public async Task StartRun_FewerImagesThanABatch_SaysWhatToSet()
    {
        var error = await Assert.ThrowsAsync<PoaException>(() => Commands.StartRunAsync(
            _user, new NewRun { Preset = "demo-quick", Overrides = ["train.batch_size_per_gpu=100000000"], Data = "demo?split=train" }));

        Assert.Contains("train.batch_size_per_gpu", error.Remedy);
    }

    [Fact]
    public async Task StartRun_SameIdTwice_EqualsOnce()
    {
        var order = new NewRun { Preset = "demo-quick", Data = "demo?split=train", RunId = Specifications.NewId() };

        var first = await Commands.StartRunAsync(_user, order);
        var second = await Commands.StartRunAsync(_user, order);
        await CancelledAsync(order.RunId!, () => Commands.CancelRunAsync(_user, order.RunId!));

        Assert.Equal(first.Specification, second.Specification with { Labels = first.Specification.Labels });
    }

    [Fact]
    public async Task CancelRuns_OneDoesNotExist_ReportsEach()
    {
        var id = Specifications.NewId();
        await Commands.StartRunAsync(_user, new NewRun { Preset = "demo-quick", Data = "demo?split=train", RunId = id });

        var outcomes = await CancelledAsync(id, () => Commands.CancelRunsAsync(_user, ["no-such-run", id]));

        Assert.Equal(["no-such-run", id], outcomes.Select(outcome => outcome.Target));
        Assert.Equal([ErrorCodes.RunNotFound, null], outcomes.Select(outcome => outcome.Error?.Code));
    }

    [Fact]
    public void Configure_LongYaml_IsRefused()
    {
        var error = Assert.Throws<PoaException>(() => new NewRun { Yaml = new string('#', NewRun.MaxYamlBytes + 1) }.Configure());

        Assert.Contains("256 KiB", error.Message);
    }

    /// <summary>Gives the command that cancels a run, and lets its worker obey, so that the one device is free for other tests.</summary>
    private async Task<T> CancelledAsync<T>(string id, Func<Task<T>> cancel)
    {
        var work = await dashboard.Cluster.Executor.TrainingAsync(id);
        var answer = await cancel();
        await work.StopAsAskedAsync(await work.StopRequestedAsync());
        await dashboard.Cluster.Client.GetGrain<ITrainingRunGrain>(id).UntilAsync(RunStatus.Cancelled);
        return answer;
    }
}
