using Microsoft.AspNetCore.Components;
using Poa.Actors.Dashboard.Live;
using Poa.Storage;

namespace Poa.Actors.Dashboard.Pages.Runs;

/// <summary>The curves of a run. They come after the first paint, and then grow: what is drawn is never sent again.</summary>
public sealed partial class RunCurves
{
    private readonly Dictionary<string, RunCurve?> drawings = [];
    private readonly CancellationTokenSource leaving = new();
    private IReadOnlyList<CurvePanel> panels = [];
    private RunSubscription? subscription;
    private Task following = Task.CompletedTask;
    private long skipped;
    private bool isRead;
    private bool isChanged = true;

    /// <summary>Run id.</summary>
    [Parameter, EditorRequired]
    public string Run { get; set; } = "";

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await leaving.CancelAsync();
        await following;
        subscription?.Dispose();
        leaving.Dispose();
    }

    /// <inheritdoc/>
    protected override void OnAfterRender(bool firstRender)
    {
        if (firstRender && RunId.IsValid(Run))
        {
            subscription = Feeds.Subscribe(Run);
            following = FollowAsync(subscription);
        }
    }

    /// <summary>The page above is drawn anew every second; this only when there are other charts.</summary>
    protected override bool ShouldRender() => isChanged;

    private async Task FollowAsync(RunSubscription feed)
    {
        try
        {
            await foreach (var update in feed.UpdatesAsync(leaving.Token))
            {
                await TakeAsync(update);
            }
        }
        catch (OperationCanceledException) when (leaving.IsCancellationRequested)
        {
            // The page was left.
        }
    }

    private async Task TakeAsync(RunFeedUpdate update)
    {
        var news = CurvePanels.SkippedSteps(update.Points);
        skipped = update.ReplacesCurve ? news : skipped + news;
        var others = update.Points.Iterations.Count > 0 ? CurvePanels.For([.. update.Points.Columns.Keys]) : panels;
        if (!others.Select(panel => panel.Key).SequenceEqual(panels.Select(panel => panel.Key)))
        {
            // New charts draw all there is by themselves, these points included.
            (panels, isRead) = (others, true);
            Redraw();
            return;
        }

        if (news > 0 || (update.ReplacesCurve && !isRead))
        {
            isRead = true;
            Redraw();
        }

        foreach (var drawing in panels.Select(panel => drawings.GetValueOrDefault(panel.Key)).OfType<RunCurve>())
        {
            if (update.ReplacesCurve)
            {
                drawing.Replace(update.Points);
            }
            else
            {
                await drawing.AddAsync(update.Points);
            }
        }
    }

    private void Redraw()
    {
        isChanged = true;
        StateHasChanged();
        isChanged = false;
    }

    private MetricsSeries Whole() => subscription!.Curve();
}
