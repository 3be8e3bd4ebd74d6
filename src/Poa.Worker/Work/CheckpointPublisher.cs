using System.Globalization;
using Poa.Actors.Abstractions;
using Poa.Storage;
using Poa.Training.Session;
using Poa.Worker.Execution;
using Poa.Worker.Telemetry;

namespace Poa.Worker.Work;

/// <summary>
/// Publishes checkpoints of a run beside its training: one at a time, metrics first (so that a resumed run finds the records of
/// every step that the checkpoint has behind it), manifest last, then the report, then retention.
/// </summary>
internal sealed class CheckpointPublisher(
    WorkContext context,
    CheckpointStore store,
    MetricsLog metrics,
    ConfigurationText configuration,
    CheckpointRetention retention,
    long totalIterations,
    TimeProvider time)
{
    private Task inFlight = Task.CompletedTask;
    private long? parent;
    private (string Folder, CheckpointDescription Description, CheckpointManifest Manifest)? last;

    /// <summary>
    /// Hands over a saved checkpoint and returns once the one before is published: at most one upload is under way.
    /// Called on the device's thread; <paramref name="folder"/> is removed when its content is published, the run's last one with the lease.
    /// </summary>
    public void Publish(long iteration, string folder, TrainingTally tally)
    {
        inFlight.GetAwaiter().GetResult();
        inFlight = Task.Run(() => PublishAsync(iteration, folder, tally));
    }

    /// <summary>Ends with the last publication, with its error if it had one.</summary>
    public Task WaitAsync() => inFlight;

    /// <summary>
    /// Says that the run goes on from <paramref name="manifest"/>. Reported again, since the process may have been killed between
    /// publishing and reporting it; the owner takes a repetition for what it is.
    /// </summary>
    public Task ResumeFromAsync(CheckpointManifest manifest)
    {
        parent = manifest.Iteration;
        return context.Reporter.CheckpointAsync(Describe(manifest));
    }

    /// <summary>Removes checkpoints that a rollback has cut off, but for those that jobs use: they go when one is published and they are free.</summary>
    /// <param name="newest">The checkpoint that the run goes on from; -1 for none.</param>
    public Task RemoveCutOffAsync(long newest) => RetireAsync(newest);

    /// <summary>
    /// After the last step of the run: makes good what the store has lost of its metrics and its last checkpoint. A store that crashed may
    /// have lost what it had acknowledged; while training goes on, the next checkpoint takes the place of one that is gone, here nothing would.
    /// </summary>
    public async Task SettleAsync()
    {
        await metrics.SettleAsync(context.Stop.Lost).ConfigureAwait(false);
        if (last is not { } written)
        {
            return; // the run was resumed from it, and it was verified then
        }

        var manifest = await store.PublishAsync(
            context.Lease.Work.Run, totalIterations, written.Folder, written.Description, PublishConflict.Replace, context.Stop.Lost).ConfigureAwait(false);
        if (manifest.CreatedAt != written.Manifest.CreatedAt)
        {
            await context.Reporter.NoteAsync(NoteLevel.Warning, "The blob store had lost the last checkpoint, which it had acknowledged: it is published again.").ConfigureAwait(false);
            await context.Reporter.CheckpointAsync(Describe(manifest)).ConfigureAwait(false);
        }
    }

    /// <summary>
    /// After the last checkpoint of the run: makes good what kills cut short, which is retention, and publications and removals that left blobs
    /// without a manifest. Of any age, since nobody has anything to publish any more. The run is done, and stays so where the store fails at this.
    /// </summary>
    public async Task TidyAsync()
    {
        try
        {
            await RetireAsync(totalIterations).ConfigureAwait(false);
            await store.SweepOrphansAsync(context.Lease.Work.Run, TimeSpan.Zero, context.Stop.Lost).ConfigureAwait(false);
        }
        catch (StorageException e)
        {
            context.Log.Warning($"Checkpoints or parts of them that are no longer needed may be left in the store: {e.Message}");
        }
    }

    private async Task PublishAsync(long iteration, string folder, TrainingTally tally)
    {
        using var activity = Instruments.Source.StartActivity("publish checkpoint")?.SetTag("poa.run", context.Lease.Work.Run).SetTag("poa.iteration", iteration);
        var started = time.GetTimestamp();
        await metrics.FlushAsync(context.Stop.Lost).ConfigureAwait(false);
        var description = new CheckpointDescription
        {
            Configuration = configuration,
            SoftwareVersion = SoftwareVersion.Product,
            Parent = parent == iteration ? null : parent,
            Properties = tally.ToProperties().Concat(CheckpointStanding.Of(SessionState.Read(folder)).ToProperties()).ToDictionary(),
        };
        // Other content under this iteration can only come from a machine that computes other bits; the run's newest course counts.
        var manifest = await store.PublishAsync(
            context.Lease.Work.Run, iteration, folder, description, PublishConflict.Replace, context.Stop.Lost).ConfigureAwait(false);
        parent = iteration;
        Instruments.CheckpointPublished(time.GetElapsedTime(started), manifest.Files.Sum(file => file.Size));
        if (iteration == totalIterations)
        {
            last = (folder, description, manifest);
        }
        else
        {
            Directory.Delete(folder, recursive: true);
        }

        await context.Reporter.CheckpointAsync(Describe(manifest)).ConfigureAwait(false);
        await RetireAsync(iteration).ConfigureAwait(false);
    }

    private RunCheckpoint Describe(CheckpointManifest manifest) => new(
        manifest.Iteration,
        manifest.ContentHash(),
        manifest.Files.Sum(file => file.Size),
        manifest.CreatedAt,
        TrainingTally.FromProperties(manifest.Properties).Loss is { } loss && double.IsFinite(loss) ? loss : null,
        manifest.Iteration == totalIterations,
        CheckpointStanding.FromProperties(manifest.Properties).IsGood);

    private async Task RetireAsync(long newest)
    {
        var run = context.Lease.Work.Run;
        var iterations = new List<long>();
        await foreach (var iteration in store.ListIterationsAsync(run, context.Stop.Lost).ConfigureAwait(false))
        {
            iterations.Add(iteration);
        }

        // The run's grain knows which ones jobs use, and strikes the others off before they go.
        var superfluous = retention.Superfluous(iterations, new HashSet<long>(), newest);
        var free = await context.Reporter.RetireAsync(superfluous, iterations).ConfigureAwait(false);
        if (free.Count > 0)
        {
            await store.ApplyRetentionAsync(run, retention, superfluous.Except(free).ToHashSet(), newest, context.Stop.Lost).ConfigureAwait(false);
        }
    }
}

/// <summary>What a run has taken so far, carried from checkpoint to checkpoint so that it counts over all restarts.</summary>
/// <param name="Elapsed">Time spent on steps that count.</param>
/// <param name="Images">Images trained on.</param>
/// <param name="Loss">Loss of the last step, averaged over the last moments; null before the first.</param>
/// <param name="SkippedImages">Images that could not be read.</param>
internal sealed record TrainingTally(TimeSpan Elapsed, long Images, double? Loss, long SkippedImages)
{
    /// <summary>Nothing yet.</summary>
    public static TrainingTally Zero { get; } = new(TimeSpan.Zero, 0, null, 0);

    /// <summary>As free facts of a checkpoint's manifest.</summary>
    public IReadOnlyDictionary<string, string> ToProperties()
    {
        var properties = new Dictionary<string, string>
        {
            ["elapsed_seconds"] = Elapsed.TotalSeconds.ToString("F3", CultureInfo.InvariantCulture),
            ["images"] = Images.ToString(CultureInfo.InvariantCulture),
            ["skipped_images"] = SkippedImages.ToString(CultureInfo.InvariantCulture),
        };
        if (Loss is { } loss)
        {
            properties["loss"] = loss.ToString("R", CultureInfo.InvariantCulture);
        }

        return properties;
    }

    /// <summary>Reads them back; what is missing counts as nothing.</summary>
    public static TrainingTally FromProperties(IReadOnlyDictionary<string, string> properties) => new(
        TimeSpan.FromSeconds(Number(properties, "elapsed_seconds") ?? 0),
        (long)(Number(properties, "images") ?? 0),
        Number(properties, "loss"),
        (long)(Number(properties, "skipped_images") ?? 0));

    private static double? Number(IReadOnlyDictionary<string, string> properties, string name) =>
        properties.TryGetValue(name, out var text) && double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) ? value : null;
}
