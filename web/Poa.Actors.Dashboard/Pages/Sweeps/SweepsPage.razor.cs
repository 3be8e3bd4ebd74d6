using Microsoft.AspNetCore.Components;
using Poa.Actors.Client;
using Poa.Actors.Dashboard.Ui;

namespace Poa.Actors.Dashboard.Pages.Sweeps;

/// <summary>What waits and is worked on, and all sweeps. The filter is in the address.</summary>
public sealed partial class SweepsPage
{
    private const int PageSize = 50;

    /// <summary>Only sweeps with this text.</summary>
    [SupplyParameterFromQuery]
    public string? Text { get; set; }

    /// <summary>Only sweeps in this state: a name of <see cref="SweepStatus"/>.</summary>
    [SupplyParameterFromQuery]
    public string? State { get; set; }

    /// <summary>Only sweeps of this run.</summary>
    [SupplyParameterFromQuery]
    public string? Run { get; set; }

    /// <summary>Number of the page, from 1.</summary>
    [SupplyParameterFromQuery(Name = "page")]
    public int? PageQuery { get; set; }

    [Inject]
    private PoaClient Poa { get; set; } = null!;

    private int PageNumber => Math.Clamp(PageQuery ?? 1, 1, 1_000_000);

    private bool HasFilter => !string.IsNullOrEmpty(Text) || !string.IsNullOrEmpty(State) || !string.IsNullOrEmpty(Run);

    /// <inheritdoc/>
    protected override async Task<SweepsView> LoadAsync(CancellationToken cancellationToken)
    {
        var query = new SweepQuery
        {
            Statuses = Enum.TryParse<SweepStatus>(State, ignoreCase: true, out var status) && Enum.IsDefined(status) ? [status] : [],
            Text = string.IsNullOrWhiteSpace(Text) ? null : Text.Trim(),
            Run = string.IsNullOrWhiteSpace(Run) ? null : Run,
            Offset = (PageNumber - 1) * PageSize,
            Limit = PageSize,
        };
        var page = Poa.Sweeps.QueryAsync(query, cancellationToken);
        var queue = Poa.QueueAsync(cancellationToken);
        return new SweepsView(await page, (await queue).Work);
    }

    private List<Choice> Choices()
    {
        int CountOf(SweepStatus status) => Data?.Page.Counts.GetValueOrDefault(status) ?? 0;
        var statuses = Enum.GetValues<SweepStatus>();
        return
        [
            new Choice("", $"Any state ({Formats.Count(statuses.Sum(CountOf))})"),
            .. statuses.Select(status => new Choice(status.ToString(), $"{StatusTag.Word(status)} ({Formats.Count(CountOf(status))})")),
        ];
    }

    private void Go(string name, string value)
    {
        var query = new Dictionary<string, object?> { ["page"] = null, [name.ToLowerInvariant()] = value.Length == 0 ? null : value };
        Navigation.NavigateTo(Navigation.GetUriWithQueryParameters(query), replace: name == nameof(Text));
    }
}
