using Microsoft.AspNetCore.Components;
using Poa.Actors.Client;
using Poa.Actors.Dashboard.Commands;
using Poa.Actors.Dashboard.Ui;

namespace Poa.Actors.Dashboard.Pages.Administration;

/// <summary>Who asked for what and when. Filter and place in the log are in the address.</summary>
public sealed partial class AuditLogPage
{
    private const int Rows = 100;

    private static readonly List<Choice> Choices =
        [new Choice("", "Any command"), .. CommandTable.All.Values.Select(command => command.Name).Distinct().Order().Select(name => new Choice(name, name))];

    /// <summary>Only entries before this one.</summary>
    [SupplyParameterFromQuery]
    public long? Before { get; set; }

    /// <summary>Only entries of this account.</summary>
    [SupplyParameterFromQuery]
    public string? User { get; set; }

    /// <summary>Only this command.</summary>
    [SupplyParameterFromQuery]
    public string? Command { get; set; }

    /// <summary>Only entries with this text.</summary>
    [SupplyParameterFromQuery]
    public string? Text { get; set; }

    /// <inheritdoc/>
    protected override TimeSpan RefreshInterval => TimeSpan.FromSeconds(10);

    [Inject]
    private PoaClient Poa { get; set; } = null!;

    private bool HasFilter => !string.IsNullOrEmpty(User) || !string.IsNullOrEmpty(Command) || !string.IsNullOrEmpty(Text);

    /// <inheritdoc/>
    protected override async Task<AuditView> LoadAsync(CancellationToken cancellationToken)
    {
        var page = await Poa.Audit.QueryAsync(
            new AuditQuery { Before = Before, Limit = Rows, User = Given(User), Command = Given(Command), Text = Given(Text) }, cancellationToken);
        return new AuditView(page.Entries, page.NextBefore);
    }

    private static string? Given(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();

    private static string LookOf(AuditOutcome outcome) => outcome switch
    {
        AuditOutcome.Accepted => "bg-success-subtle text-success-emphasis border-success-subtle",
        AuditOutcome.Refused => "bg-warning-subtle text-warning-emphasis border-warning-subtle",
        _ => "bg-danger-subtle text-danger-emphasis border-danger-subtle",
    };

    private void Go(string name, string value) => Navigation.NavigateTo(Navigation.GetUriWithQueryParameters(
        new Dictionary<string, object?> { ["before"] = null, [name] = value.Length == 0 ? null : value }));
}
