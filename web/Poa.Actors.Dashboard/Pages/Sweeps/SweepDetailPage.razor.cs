using Microsoft.AspNetCore.Components;
using Poa.Actors.Dashboard.Ui;

namespace Poa.Actors.Dashboard.Pages.Sweeps;

/// <summary>One sweep: its evaluations with their states, and what can be done about those that failed.</summary>
public sealed partial class SweepDetailPage
{
    private static readonly TimeSpan SlowInterval = TimeSpan.FromSeconds(10);
    private (SweepSnapshot?, JobStatus?) shownOf;
    private IReadOnlyList<SweepJob> shownJobs = [];

    /// <summary>Sweep id.</summary>
    [Parameter]
    public string Sweep { get; set; } = "";

    /// <summary>Only evaluations in this state: a name of <see cref="JobStatus"/>.</summary>
    [SupplyParameterFromQuery]
    public string? State { get; set; }

    /// <inheritdoc/>
    protected override TimeSpan RefreshInterval => Data is { IsFinished: true } ? SlowInterval : base.RefreshInterval;

    private JobStatus? Shown => Enum.TryParse<JobStatus>(State, ignoreCase: true, out var status) && Enum.IsDefined(status) ? status : null;

    private int Retryable => Data?.Jobs.Count(SweepTexts.CanRetry) ?? 0;

    /// <inheritdoc/>
    protected override Task<SweepSnapshot> LoadAsync(CancellationToken cancellationToken) => Poa.Sweeps.GetAsync(Sweep, cancellationToken);

    private List<TabItem> Views() =>
    [
        new TabItem("", "All", $"/sweeps/{Sweep}", Data!.Jobs.Length),
        .. Enum.GetValues<JobStatus>().Where(status => status == Shown || Data.Count(status) > 0)
            .Select(status => new TabItem(status.ToString(), StatusTag.Word(status), $"/sweeps/{Sweep}?state={status}", Data.Count(status))),
    ];

    /// <summary>One list for each snapshot: the table draws anew when it is given another.</summary>
    private IReadOnlyList<SweepJob> Jobs()
    {
        if (!ReferenceEquals(shownOf.Item1, Data) || shownOf.Item2 != Shown)
        {
            shownOf = (Data, Shown);
            shownJobs = Shown is { } status ? [.. Data!.Jobs.Where(job => job.Status == status)] : Data!.Jobs;
        }

        return shownJobs;
    }

    private async Task CancelAsync()
    {
        await Notes.TryAsync(() => Commands.CancelSweepAsync(Sweep, Stopping), $"Sweep {Sweep} is cancelled.");
        await RefreshAsync();
    }

    private async Task RetryAsync(string? subNetwork)
    {
        await Notes.TryAsync(
            () => Commands.RetrySweepAsync(Sweep, subNetwork is null ? null : [subNetwork], Stopping),
            subNetwork is null ? "What failed is tried again, and only that." : $"{subNetwork} is tried again.");
        await RefreshAsync();
    }
}
