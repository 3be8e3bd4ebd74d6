using System.Reflection;
using System.Security.Claims;
using Microsoft.Extensions.DependencyInjection;
using Poa.Actors.Abstractions;
using Poa.Actors.Dashboard.Commands;
using Poa.Actors.Dashboard.Security;

namespace Poa.Actors.Dashboard.Tests.Commands;

/// <summary>Walks every command as anonymous, viewer, operator and admin.</summary>
public sealed class CommandRoleTests(DashboardFixture dashboard) : IClassFixture<DashboardFixture>
{
    /// <summary>Who may do what, written down a second time: a command that is missing here, or has another role here, fails.</summary>
    private static readonly Dictionary<string, Role> Expected = new()
    {
        ["StartRunAsync"] = Role.Operator,
        ["PauseRunAsync"] = Role.Operator,
        ["ResumeRunAsync"] = Role.Operator,
        ["CancelRunAsync"] = Role.Operator,
        ["PauseRunsAsync"] = Role.Operator,
        ["ResumeRunsAsync"] = Role.Operator,
        ["CancelRunsAsync"] = Role.Operator,
        ["StartSweepAsync"] = Role.Operator,
        ["CancelSweepAsync"] = Role.Operator,
        ["RetrySweepAsync"] = Role.Operator,
        ["StartSearchAsync"] = Role.Operator,
        ["CancelSearchAsync"] = Role.Operator,
        ["StartAblationAsync"] = Role.Operator,
        ["CancelAblationAsync"] = Role.Operator,
        ["StartExtractionAsync"] = Role.Operator,
        ["CancelExtractionAsync"] = Role.Operator,
        ["DrainWorkerAsync"] = Role.Operator,
        ["ResumeWorkerAsync"] = Role.Operator,
        ["InspectDataAsync"] = Role.Operator,
        ["CalibrateAsync"] = Role.Operator,
        ["CancelCalibrationAsync"] = Role.Operator,
        ["AddAccountAsync"] = Role.Admin,
        ["RemoveAccountAsync"] = Role.Admin,
        ["SetPasswordAsync"] = Role.Admin,
        ["SetRoleAsync"] = Role.Admin,
        ["CreateApiKeyAsync"] = Role.Admin,
        ["RevokeApiKeyAsync"] = Role.Admin,
    };

    public static TheoryData<string, Role?> EveryCommandAndCaller()
    {
        var cases = new TheoryData<string, Role?>();
        foreach (var method in Methods().Keys)
        {
            foreach (var role in (Role?[])[null, Role.Viewer, Role.Operator, Role.Admin])
            {
                cases.Add(method, role);
            }
        }

        return cases;
    }

    [Fact]
    public void Table_ListsEveryPublicMethod_WithTheExpectedRole()
    {
        Assert.Equal(Expected.Keys.Order(), Methods().Keys.Order());
        Assert.Equal(Expected.OrderBy(e => e.Key), CommandTable.All.Select(c => KeyValuePair.Create(c.Key, c.Value.Role)).OrderBy(e => e.Key));
    }

    [Fact]
    public void PageCommands_HasEveryCommand() =>
        Assert.Equal(
            Expected.Keys.Order(),
            typeof(PageCommands).GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly)
                .Select(method => method.Name).Where(name => name != nameof(PageCommands.UserAsync)).Order());

    [Theory]
    [MemberData(nameof(EveryCommandAndCaller))]
    public async Task Command_ByEachCaller_IsRefusedExactlyWithoutTheRole(string method, Role? role)
    {
        var marker = $"nobody-{Guid.NewGuid():N}";
        var user = await UserAsync(role);

        var error = await Record.ExceptionAsync(() => InvokeAsync(method, user, marker));

        var code = (error as PoaException)?.Code;
        var refusal = role is null ? SecurityErrors.NotSignedIn : SecurityErrors.Forbidden;
        var mayCall = role >= Expected[method];
        Assert.Equal(mayCall, code != refusal);
        Assert.True(mayCall || code == refusal, $"{method} as {role}: {error}");
        var entries = (await dashboard.Poa.Audit.QueryAsync(new AuditQuery { Text = marker })).Entries;
        if (mayCall)
        {
            Assert.DoesNotContain(entries, entry => entry.Outcome == AuditOutcome.Refused);
        }
        else
        {
            var entry = Assert.Single(entries);
            Assert.Equal(AuditOutcome.Refused, entry.Outcome);
            Assert.Equal(CommandTable.All[method].Name, entry.Command);
            Assert.Equal(role is { } known ? Roles.NameOf(known) : "", entry.User);
        }
    }

    [Fact]
    public async Task Command_ByASessionWhoseAccountHasChanged_IsRefused()
    {
        await dashboard.Accounts.AddAsync("leaver", DashboardFixture.Password, Role.Admin);
        var account = dashboard.Accounts.Verify("leaver", DashboardFixture.Password)!;
        var user = PoaClaims.Principal(account.Name, account.Role, "tests", account.Stamp);
        await dashboard.Accounts.SetRoleAsync("leaver", Role.Viewer);

        var error = await Assert.ThrowsAsync<PoaException>(() => Commands.DrainWorkerAsync(user, "nobody/cpu"));

        Assert.Equal(SecurityErrors.NotSignedIn, error.Code);
    }

    private DashboardCommands Commands => dashboard.Host.Services.GetRequiredService<DashboardCommands>();

    private Task<ClaimsPrincipal> UserAsync(Role? role)
    {
        var user = role is { } known
            ? PoaClaims.Principal(Roles.NameOf(known), known, "tests", dashboard.Accounts.Verify(Roles.NameOf(known), DashboardFixture.Password)!.Stamp)
            : new ClaimsPrincipal(new ClaimsIdentity());
        return Task.FromResult(user);
    }

    /// <summary>Calls with arguments that lead nowhere: what is asked for does not exist, and carries a text to find in the audit log.</summary>
    private Task InvokeAsync(string name, ClaimsPrincipal user, string marker)
    {
        var method = Methods()[name];
        var arguments = method.GetParameters().Select(parameter => parameter.ParameterType switch
        {
            var type when type == typeof(ClaimsPrincipal) => user,
            var type when type == typeof(string) => parameter.Name == "password" ? "a long enough password" : marker,
            var type when type == typeof(IReadOnlyList<string>) => new[] { marker },
            var type when type == typeof(NewRun) => new NewRun { Preset = "no such preset", Name = marker, Data = marker },
            var type when type == typeof(NewSweep) => new NewSweep { Run = marker },
            var type when type == typeof(NewSearch) => new NewSearch { Run = marker, Data = new EvaluationData(marker, marker), Budget = new SearchBudget() },
            var type when type == typeof(NewAblation) => new NewAblation { Table = marker, Evaluation = new EvaluationData(marker, marker) },
            var type when type == typeof(ExtractionKey) => new ExtractionKey(marker, 0, "48x2"),
            var type when type == typeof(Role) => (object)Role.Viewer,
            var type when type == typeof(CancellationToken) => CancellationToken.None,
            var type when type == typeof(long?) => null,
            var type => throw new NotSupportedException($"{name} has a parameter of {type}, which this test cannot make."),
        }).ToArray();
        return (Task)method.Invoke(Commands, arguments)!;
    }

    private static Dictionary<string, MethodInfo> Methods() => typeof(DashboardCommands)
        .GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly)
        .ToDictionary(method => method.Name);
}
