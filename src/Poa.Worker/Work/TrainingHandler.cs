using System.Globalization;
using Poa.Actors.Abstractions;
using Poa.Data.Datasets;
using Poa.Elastic;
using Poa.Storage;
using Poa.Training.Exchange;
using Poa.Training.Session;
using Poa.Training.Step;
using Poa.Worker.Data;
using Poa.Worker.Execution;
using Poa.Worker.Gangs;
using Poa.Worker.Telemetry;
using TorchSharp;

namespace Poa.Worker.Work;

/// <summary>
/// Trains a run, alone or with the other members of a gang, from its newest good checkpoint, or from the beginning, until its last step or until
/// it is asked to stop. Checkpoints are published and metrics flushed beside the training.
/// </summary>
internal sealed class TrainingHandler(IBlobStore blobs, DataAccess access, GangExchanges gangs, TimeProvider time) : IWorkHandler
{
    /// <summary>Decoded images kept in memory, so that a set that fits is decoded once.</summary>
    internal const long ImageCacheBytes = 1L << 30;

    /// <summary>Blobs without a manifest that are older are no upload under way, as by a member whose lost lease has yet to end it.</summary>
    private static readonly TimeSpan OrphanAge = TimeSpan.FromMinutes(10);

    /// <inheritdoc/>
    public bool Handles(WorkItem work) => work is TrainingShardWork;

    /// <inheritdoc/>
    public async Task<WorkCompletion> ExecuteAsync(WorkContext context)
    {
        var work = (TrainingShardWork)context.Lease.Work;
        var configuration = RunConfiguration.Parse(work.ConfigurationYaml);
        RunSpecification.RequireAPartForEach(configuration, work.ShardCount);
        await context.Reporter.ProgressAsync(new WorkProgress { Done = 0, Total = configuration.TotalIterations, Phase = "loading" }).ConfigureAwait(false);
        using var place = PlaceFile.Create(context.Lease, context.Scratch);
        place.Stage("opening the images");
        var dataset = new CachedImageDataset(access.Open(work.Data), ImageCacheBytes);

        // Members meet before they look for a checkpoint: from then on nobody publishes one but rank 0 of this generation.
        place.Stage("meeting the other shards");
        using var exchange = await gangs.JoinAsync(context.Lease, context.Stop).ConfigureAwait(false);
        place.Stage("fetching the checkpoint");
        var store = new CheckpointStore(blobs, time);
        var course = await context.Reporter.CourseAsync().ConfigureAwait(false);
        var opened = await OpenLatestAsync(context, store, work.Run, course).ConfigureAwait(false);
        string? frozenTeacher = null;
        if (configuration.DistilsFrozenTeacher)
        {
            place.Stage("fetching the frozen teacher");
            frozenTeacher = await new FrozenTeachers(blobs, time).FetchAsync(context, configuration, publishes: exchange is not { Rank: > 0 }).ConfigureAwait(false);
        }

        var weights = opened is null ? await InitialWeights.FetchAsync(context, blobs, configuration).ConfigureAwait(false) : null;
        var plan = new Plan(
            configuration, dataset, opened?.Folder, weights, exchange, new SessionCourse(course.Targets.Length, course.LearningRateFactor), place, frozenTeacher);
        return exchange is { Rank: > 0 }
            ? await FollowAsync(context, plan).ConfigureAwait(false)
            : await LeadAsync(context, plan, store, opened).ConfigureAwait(false);
    }

    /// <summary>The lone worker of a run, or rank 0 of its gang: publishes checkpoints and metrics.</summary>
    private async Task<WorkCompletion> LeadAsync(WorkContext context, Plan plan, CheckpointStore store, OpenedCheckpoint? opened)
    {
        var (work, configuration) = ((TrainingShardWork)context.Lease.Work, plan.Configuration);
        var total = configuration.TotalIterations;
        var metrics = await MetricsLog.OpenAsync(blobs, work.Run, opened?.Manifest.Iteration ?? 0, context.Stop.Token).ConfigureAwait(false);
        var retention = new CheckpointRetention(configuration.Checkpoint.KeepLast, configuration.Checkpoint.KeepEvery > 0 ? configuration.Checkpoint.KeepEvery : null);
        var publisher = new CheckpointPublisher(
            context, store, metrics, new ConfigurationText(configuration.Fingerprint, work.ConfigurationYaml), retention, total, time);
        if (plan.Course.Rollbacks > 0)
        {
            await publisher.RemoveCutOffAsync(opened?.Manifest.Iteration ?? -1).ConfigureAwait(false);
        }

        var tally = TrainingTally.Zero;
        if (opened is not null)
        {
            tally = TrainingTally.FromProperties(opened.Manifest.Properties);
            await publisher.ResumeFromAsync(opened.Manifest).ConfigureAwait(false);
        }

        await store.SweepOrphansAsync(work.Run, OrphanAge, context.Stop.Token).ConfigureAwait(false);

        var observer = new TrainingObserver(context, metrics, publisher, tally, opened?.Manifest.Iteration ?? 0, total);
        try
        {
            await TrainAsync(context, plan, observer, publisher.WaitAsync).ConfigureAwait(false);
        }
        finally
        {
            Instruments.Paced(0, context.Lease);

            // An upload under way ends before the lease does, also where training failed: what it failed of is thrown already.
            await publisher.WaitAsync().ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        await publisher.SettleAsync().ConfigureAwait(false);
        await publisher.TidyAsync().ConfigureAwait(false);

        var members = plan.Exchange is null ? "" : $", rank 0 of {plan.Exchange.World}";
        return new WorkCompletion { Cost = observer.Cost($"{context.Lease.Device} ({Threads(configuration)} threads{members})") };
    }

    /// <summary>Another member of a gang: computes its share and publishes nothing.</summary>
    private async Task<WorkCompletion> FollowAsync(WorkContext context, Plan plan)
    {
        var observer = new FollowerObserver(context, plan.Configuration.TotalIterations);
        await TrainAsync(context, plan, observer, () => Task.CompletedTask).ConfigureAwait(false);
        return new WorkCompletion();
    }

    /// <summary>Trains to the last step.</summary>
    /// <param name="context">The lease.</param>
    /// <param name="plan">What to train, from where, with whom.</param>
    /// <param name="observer">Hears of it on the device's thread, and ticks beside it.</param>
    /// <param name="published">Ends when what was handed on is published.</param>
    /// <exception cref="OperationCanceledException">
    /// It was stopped; the stop signal has the reason, also where another member was asked, or where the run has diverged and rank 0 tells of it.
    /// </exception>
    /// <exception cref="TrainingDivergedException">The run has diverged.</exception>
    private async Task TrainAsync(WorkContext context, Plan plan, ITickingObserver observer, Func<Task> published)
    {
        using var halt = CancellationTokenSource.CreateLinkedTokenSource(context.Stop.Token);
        using var abandon = CancellationTokenSource.CreateLinkedTokenSource(context.Stop.Lost);
        var watch = new MemberWatch(plan.Exchange, () => observer.Done < plan.Configuration.TotalIterations, abandon);

        // Metrics or reports that cannot be delivered end the training: StopAsync then throws what went wrong.
        await using var ticker = new Ticker(time, observer.TickAsync, halt.Cancel);
        var (outcome, divergence) = await RunAsync().ConfigureAwait(false);
        await published().ConfigureAwait(false);
        await ticker.StopAsync().ConfigureAwait(false);
        await observer.TickAsync().ConfigureAwait(false); // what came after the last tick
        if (divergence is not null && plan.Exchange is not { Rank: > 0 })
        {
            throw new TrainingDivergedException(Describe(divergence));
        }

        if (outcome != SessionOutcome.Completed)
        {
            context.Stop.Request(StopReason.Regroup); // stands only where this member was asked for nothing itself
            throw new OperationCanceledException(context.Stop.Token);
        }

        async Task<(SessionOutcome Outcome, Divergence? Divergence)> RunAsync()
        {
            // Beside the reports, which wait for their receiver when it is away.
            await using var looks = new Ticker(time, watch.LookAsync, halt.Cancel);
            try
            {
                return await context.Device.RunAsync(
                    plan.Configuration.Train.Threads,
                    device =>
                    {
                        using var scope = torch.NewDisposeScope();
                        plan.Place.Stage("building the network");
                        using var connected = gangs.Connect(plan.Exchange, device, abandon.Token);
                        var exchange = connected ?? plan.Exchange;
                        using var frozenTeacher = plan.FrozenTeacher is null ? null : FrozenTeacher.Load(plan.FrozenTeacher, device);
                        using var session = plan.From is null
                            ? TrainingSession.Create(plan.Configuration, plan.Dataset, device, time, exchange, plan.Course, frozenTeacher)
                            : TrainingSession.Restore(plan.From, plan.Configuration, plan.Dataset, device, time, exchange, plan.Course, frozenTeacher);
                        if (plan.Weights is not null)
                        {
                            session.StartFrom(plan.Weights);
                        }

                        // Apart from the steps that follow: with all that is done for the first time it takes many times as long, and many a kill from outside meets it.
                        plan.Place.Stage(string.Create(CultureInfo.InvariantCulture, $"taking step {session.Iteration}, the first of the attempt"));
                        return (session.Run(new PlaceObserver(observer, plan.Place), Path.Combine(context.Scratch, "saved"), halt.Token, abandon.Token), session.Divergence);
                    },
                    context.Stop.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (abandon.IsCancellationRequested && !context.Stop.Lost.IsCancellationRequested)
            {
                await looks.StopAsync().ConfigureAwait(false); // throws who is lost
                throw;
            }
            finally
            {
                plan.Place.Clear(); // what is left is to publish
            }
        }
    }

    private static TrainingDivergence Describe(Divergence divergence) => new(
        divergence.Kind == DivergenceKind.NotFinite ? TrainingDivergenceKind.NotFinite : TrainingDivergenceKind.Collapsed,
        divergence.FirstStep,
        divergence.LastStep,
        float.IsFinite(divergence.TargetEntropy) ? divergence.TargetEntropy : null);

    private static async Task<OpenedCheckpoint?> OpenLatestAsync(WorkContext context, CheckpointStore store, string run, RunCourse course)
    {
        bool IsOfTheRun(CheckpointManifest manifest) => course.Contains(CheckpointStanding.FromProperties(manifest.Properties).Rollbacks, manifest.Iteration);
        var damaged = new List<ArtifactDamage>();
        OpenedCheckpoint? opened;
        try
        {
            opened = await store.OpenLatestAsync(run, Path.Combine(context.Scratch, "opened"), damaged.Add, IsOfTheRun, context.Stop.Token).ConfigureAwait(false);
        }
        catch (CheckpointDamagedException)
        {
            opened = null; // each is damaged: the run begins anew and, being a function of its configuration, comes to the same weights
        }

        if (context.Lease.Gang is { Rank: > 0 })
        {
            return opened; // rank 0 opens the same and tells of it
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

    /// <param name="Configuration">The run's.</param>
    /// <param name="Dataset">Its images.</param>
    /// <param name="From">Folder of the checkpoint to go on from; null to begin.</param>
    /// <param name="Weights">File of published weights to begin with; null for random ones, or to go on.</param>
    /// <param name="Exchange">The other members; null for none.</param>
    /// <param name="Course">The rollbacks behind the run.</param>
    /// <param name="Place">Takes where it stands.</param>
    /// <param name="FrozenTeacher">Weight file of the teacher that the run distils; null if none.</param>
    private sealed record Plan(
        PoaConfiguration Configuration, IImageDataset Dataset, string? From, string? Weights, IShardExchange? Exchange, SessionCourse Course, PlaceFile Place, string? FrozenTeacher);
}
