using Poa.Actors.Abstractions;
using Poa.Data.Datasets;
using Poa.Elastic;
using Poa.Storage;
using Poa.Training.Session;
using Poa.Worker.Data;
using Poa.Worker.Execution;
using TorchSharp;

namespace Poa.Worker.Work;

/// <summary>
/// Trains a run from its newest good checkpoint, or from the beginning, until its last step or until it is asked to stop.
/// Checkpoints are published and metrics flushed beside the training.
/// </summary>
internal sealed class TrainingHandler(IBlobStore blobs, DataAccess access, TimeProvider time) : IWorkHandler
{
    /// <summary>Decoded images kept in memory, so that a set that fits is decoded once.</summary>
    internal const long ImageCacheBytes = 1L << 30;

    /// <inheritdoc/>
    public bool Handles(WorkItem work) => work is TrainingShardWork;

    /// <inheritdoc/>
    public async Task<WorkCompletion> ExecuteAsync(WorkContext context)
    {
        var work = (TrainingShardWork)context.Lease.Work;
        if (work.ShardCount != 1)
        {
            throw new NotSupportedException($"Run {work.Run} asks for {work.ShardCount} shards; this version trains on one.");
        }

        var configuration = RunConfiguration.Parse(work.ConfigurationYaml);
        var total = configuration.TotalIterations;
        await context.Reporter.ProgressAsync(new WorkProgress { Done = 0, Total = total, Phase = "loading" }).ConfigureAwait(false);
        var dataset = new CachedImageDataset(access.Open(work.Data), ImageCacheBytes);

        var store = new CheckpointStore(blobs, time);
        var opened = await OpenLatestAsync(context, store, work.Run).ConfigureAwait(false);
        var metrics = await MetricsLog.OpenAsync(blobs, work.Run, opened?.Manifest.Iteration ?? 0, context.Stop.Token).ConfigureAwait(false);
        var retention = new CheckpointRetention(configuration.Checkpoint.KeepLast, configuration.Checkpoint.KeepEvery > 0 ? configuration.Checkpoint.KeepEvery : null);
        var publisher = new CheckpointPublisher(
            context, store, metrics, new ConfigurationText(configuration.Fingerprint, work.ConfigurationYaml), retention, total);
        var tally = TrainingTally.Zero;
        if (opened is not null)
        {
            tally = TrainingTally.FromProperties(opened.Manifest.Properties);
            await publisher.ResumeFromAsync(opened.Manifest).ConfigureAwait(false);
        }

        var observer = new TrainingObserver(context, metrics, publisher, tally, opened?.Manifest.Iteration ?? 0, total);
        var outcome = await TrainAsync(context, configuration, dataset, opened?.Folder, observer, publisher).ConfigureAwait(false);
        await observer.TickAsync().ConfigureAwait(false); // what came after the last tick
        return outcome == SessionOutcome.Completed
            ? new WorkCompletion { Cost = observer.Cost($"{context.Lease.Device} ({Threads(configuration)} threads)") }
            : throw new OperationCanceledException(context.Stop.Token);
    }

    private async Task<SessionOutcome> TrainAsync(
        WorkContext context, PoaConfiguration configuration, IImageDataset dataset, string? from, TrainingObserver observer, CheckpointPublisher publisher)
    {
        using var halt = CancellationTokenSource.CreateLinkedTokenSource(context.Stop.Token);
        // Metrics or reports that cannot be delivered end the training: StopAsync then throws what went wrong.
        await using var ticker = new Ticker(time, observer.TickAsync, halt.Cancel);
        try
        {
            var outcome = await context.Device.RunAsync(
                configuration.Train.Threads,
                device =>
                {
                    using var scope = torch.NewDisposeScope();
                    using var session = from is null
                        ? TrainingSession.Create(configuration, dataset, device, time)
                        : TrainingSession.Restore(from, configuration, dataset, device, time);
                    return session.Run(observer, Path.Combine(context.Scratch, "saved"), halt.Token);
                },
                context.Stop.Token).ConfigureAwait(false);
            await publisher.WaitAsync().ConfigureAwait(false);
            await ticker.StopAsync().ConfigureAwait(false);
            return outcome;
        }
        finally
        {
            // An upload under way ends before the lease does, also where training failed: what it failed of is thrown already.
            await publisher.WaitAsync().ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private static async Task<OpenedCheckpoint?> OpenLatestAsync(WorkContext context, CheckpointStore store, string run)
    {
        var damaged = new List<ArtifactDamage>();
        OpenedCheckpoint? opened;
        try
        {
            opened = await store.OpenLatestAsync(run, Path.Combine(context.Scratch, "opened"), damaged.Add, cancellationToken: context.Stop.Token).ConfigureAwait(false);
        }
        catch (CheckpointDamagedException)
        {
            opened = null; // each is damaged: the run begins anew and, being a function of its configuration, comes to the same weights
        }

        foreach (var damage in damaged)
        {
            await context.Reporter.NoteAsync(NoteLevel.Warning, $"Damaged checkpoint passed over: {damage}.").ConfigureAwait(false);
        }

        await context.Reporter.NoteAsync(NoteLevel.Information, opened is null
            ? "Training begins at iteration 0."
            : $"Training goes on from the checkpoint at iteration {opened.Manifest.Iteration}.").ConfigureAwait(false);
        return opened;
    }

    private static int Threads(PoaConfiguration configuration) =>
        configuration.Train.Threads > 0 ? configuration.Train.Threads : WorkerOptions.DefaultThreads();
}
