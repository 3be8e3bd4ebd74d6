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

    /// <summary>The page above is drawn anew every second; the curves only when there are other charts.</summary>
    protected override bool ShouldRender() => isChanged;

    private bool isChanged = true;

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
        var hasFigures = panels.SelectMany(panel => panel.Lines).Any();
        var needsOthers = update.Points.Iterations.Count > 0 && (!hasFigures || !CurvePanels.For([.. update.Points.Columns.Keys]).Select(p => p.Key).SequenceEqual(panels.Select(p => p.Key)));
        if (update.ReplacesCurve || needsOthers || news > 0 || !isRead)
        {
            isRead |= update.ReplacesCurve;
            if (needsOthers)
            {
                panels = CurvePanels.For([.. update.Points.Columns.Keys]);
            }

            skipped = update.ReplacesCurve ? news : skipped + news;
            Redraw();
        }

        if (update.Points.Iterations.Count == 0)
        {
            return;
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
