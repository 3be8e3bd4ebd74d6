using Microsoft.AspNetCore.Components;
using Poa.Actors.Dashboard.Live;
using Poa.Actors.Dashboard.Ui;

namespace Poa.Actors.Dashboard.Pages.Runs;

/// <summary>One run: its state above, and below it one of several views, each with an address.</summary>
public sealed partial class RunPage
{
    private static readonly IReadOnlyList<Crumb> Crumbs = [new("Runs", "/")];

    private RunSubscription? subscription;
    private IAsyncEnumerator<RunFeedUpdate>? updates;
    private CancellationTokenSource? leaving;
    private string? followed;

    /// <summary>Run id.</summary>
    [Parameter]
    public string Id { get; set; } = "";

    /// <inheritdoc/>
    protected override string LoadKey => Id;

    private string View => Navigation.ToBaseRelativePath(Navigation.Uri).Split('?', '#')[0].Split('/') is [_, _, { Length: > 0 } view] ? view : "curves";

    /// <inheritdoc/>
    protected override async Task<RunState> LoadAsync(CancellationToken cancellationToken) =>
        updates is not null && followed == Id && updates.Current is { Snapshot: { } known } update
            ? new RunState(known, update.Broken)
            : new RunState(await Poa.Runs.GetAsync(Id, cancellationToken), null);

    /// <inheritdoc/>
    protected override async Task WaitForChangeAsync(CancellationToken cancellationToken)
    {
        if (followed != Id)
        {
            await StopAsync();
            (followed, leaving) = (Id, CancellationTokenSource.CreateLinkedTokenSource(cancellationToken));
            if (RunId.IsValid(Id))
            {
                subscription = Feeds.Subscribe(Id);
                updates = subscription.UpdatesAsync(leaving.Token).GetAsyncEnumerator(leaving.Token);
            }
        }

        try
        {
            await (updates?.MoveNextAsync().AsTask() ?? Task.Delay(Timeout.InfiniteTimeSpan, Clock, leaving!.Token));
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // The page turned to another run.
        }
    }

    /// <inheritdoc/>
    protected override Task OnParametersSetAsync()
    {
        if (followed != Id)
        {
            leaving?.Cancel();
        }

        return base.OnParametersSetAsync();
    }

    /// <inheritdoc/>
    protected override async ValueTask StopAsync()
    {
        if (updates is not null)
        {
            await updates.DisposeAsync();
            updates = null;
        }

        subscription?.Dispose();
        leaving?.Dispose();
        (subscription, leaving) = (null, null);
    }

    private static string Shown(bool isPossible) => isPossible ? "" : "d-none";

    private IReadOnlyList<TabItem> Views(RunSnapshot run) =>
    [
        new("curves", "Curves", $"/runs/{Id}"),
        new("events", "Events", $"/runs/{Id}/events", run.Events.Length),
        new("checkpoints", "Checkpoints", $"/runs/{Id}/checkpoints", run.Checkpoints.Length),
        new("sampling", "Sampling", $"/runs/{Id}/sampling"),
        new("configuration", "Configuration", $"/runs/{Id}/configuration"),
        new("logs", "Logs", $"/runs/{Id}/logs"),
    ];

    private async Task CommandAsync(Func<Task> command, string done)
    {
        try
        {
            await command();
            await Notifier.DoneAsync(done);
        }
        catch (PoaException e)
        {
            await Notifier.FailedAsync(e.Error);
        }
    }
}
