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
    public void Configure_LongYaml_IsRefused()
    {
        var error = Assert.Throws<PoaException>(() => new NewRun { Yaml = new string('#', NewRun.MaxYamlBytes + 1) }.Configure());

        Assert.Contains("256 KiB", error.Message);
    }
}
