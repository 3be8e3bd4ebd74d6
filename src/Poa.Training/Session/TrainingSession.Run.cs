using System.Collections.Concurrent;
using System.Globalization;
using Poa.Data.Datasets;
using Poa.Networks;
using Poa.Training.Batching;
using Poa.Training.Exchange;

namespace Poa.Training.Session;

/// <summary>How <see cref="TrainingSession.Run"/> ended.</summary>
public enum SessionOutcome
{
    /// <summary>The last step of the run is done.</summary>
    Completed,

    /// <summary>It was asked to stop and did so between two steps, with a checkpoint.</summary>
    Stopped,

    /// <summary>The guard of the configuration has stopped it, without a checkpoint: it is to be rolled back. All members are stopped at the same step.</summary>
    Diverged,
}

public sealed partial class TrainingSession
{
    private const string PartialSuffix = ".partial";

    private readonly ConcurrentQueue<UnreadableImageException> unreadable = new();

    /// <summary>
    /// Trains until the run's last step or until asked to stop, on the calling thread. Checkpoints are written by member 0, at step 0 (the
    /// untrained network), every <c>checkpoint.period_iterations</c>, at the end, and when stopped; not where the run has diverged.
    /// </summary>
    /// <param name="observer">Hears of steps, checkpoints and events, on the calling thread. Steps are the same on all members, but for the times.</param>
    /// <param name="checkpointRoot">
    /// Checkpoints become sub-folders of it, named by their step with ten digits. Folders that a killed process left half-written are removed.
    /// </param>
    /// <param name="cancellationToken">Asks to stop at the end of the running step. If one member is asked, all stop after the same step.</param>
    /// <param name="abandon">
    /// Ends the run in the middle of a step without a checkpoint, also while waiting for other members; for a member whose lease is lost.
    /// </param>
    /// <remarks>
    /// Meant for the one thread that computes on the device: dispose scopes are per thread, and so are OpenMP's helper threads. A session
    /// on a second thread cost a quarter of a small network's speed, presumably because with both threads' helpers there are more than
    /// cores, and OpenMP then lets them sleep between operations.
    /// </remarks>
    /// <returns>How it ended; what the step, the images, the disk or the observer threw goes through.</returns>
    /// <exception cref="ShardLostException">Another member is lost: the run has to form anew and go on from a checkpoint.</exception>
    /// <exception cref="FormationMismatchException">The members have not begun from the same state.</exception>
    /// <exception cref="OperationCanceledException">It was abandoned.</exception>
    public SessionOutcome Run(
        ISessionObserver observer, string checkpointRoot, CancellationToken cancellationToken = default, CancellationToken abandon = default)
    {
        ArgumentNullException.ThrowIfNull(observer);
        ArgumentNullException.ThrowIfNull(checkpointRoot);
        TorchRuntime.SetThreads(Configuration.Train.Threads);
        if (exchange.Rank == 0)
        {
            Directory.CreateDirectory(checkpointRoot);
            foreach (var partial in Directory.EnumerateDirectories(checkpointRoot, $"*{PartialSuffix}"))
            {
                Directory.Delete(partial, recursive: true);
            }
        }

        // A restored session has a checkpoint of the step it starts from.
        var saved = Iteration == 0 ? Checkpoint(observer, checkpointRoot) : Iteration;
        if (Iteration == TotalIterations)
        {
            return SessionOutcome.Completed;
        }

        var group = new ShardGroup(exchange, Configuration.Train.VirtualShards, abandon);
        FormationCheck.Run(exchange, group, Model, State);
        var loop = new SessionLoop(Configuration, Model, group, time, Course.LearningRateFactor, frozenTeacher);
        using var source = new BatchSource(dataset, Configuration, Iteration, group.Local, unreadable.Enqueue);

        // A lone member stops at once when asked, also while it waits for a batch; one of several when all have been told.
        var isAlone = exchange.World == 1;
        var stop = isAlone && cancellationToken.IsCancellationRequested;
        while (Iteration < TotalIterations && !stop)
        {
            if (loop.Step(source, () => cancellationToken.IsCancellationRequested, isAlone ? cancellationToken : abandon) is not { } taken)
            {
                break;
            }

            Iteration++;
            Health = Health.After(taken.Record.Applied, taken.Record.TargetEntropy, Configuration.Guard);
            Report(observer, taken.Record);
            Divergence = Health.Judge(taken.Record.Iteration, taken.Record.TargetEntropy, Configuration.Guard);
            if (Divergence is not null)
            {
                return SessionOutcome.Diverged;
            }

            if (Iteration == TotalIterations || Iteration % Configuration.CheckpointPeriodIterations == 0)
            {
                saved = Checkpoint(observer, checkpointRoot);
            }

            stop = isAlone ? cancellationToken.IsCancellationRequested : taken.StopAsked;
        }

        abandon.ThrowIfCancellationRequested();
        if (saved != Iteration)
        {
            Checkpoint(observer, checkpointRoot);
        }

        return Iteration == TotalIterations ? SessionOutcome.Completed : SessionOutcome.Stopped;
    }

    private long Checkpoint(ISessionObserver observer, string checkpointRoot)
    {
        if (exchange.Rank == 0)
        {
            var folder = Path.Combine(checkpointRoot, Iteration.ToString("D10", CultureInfo.InvariantCulture));
            Save(folder);
            observer.OnCheckpoint(folder, Iteration);
        }

        return Iteration;
    }

    private void Report(ISessionObserver observer, StepRecord record)
    {
        while (unreadable.TryDequeue(out var error))
        {
            observer.OnEvent(new(SessionEventKind.UnreadableImage, record.Iteration, error.Message));
        }

        if (!record.Applied)
        {
            var message = $"Step {record.Iteration} changed nothing: its loss is {record.Loss.ToString(CultureInfo.InvariantCulture)}, or a gradient is not finite.";
            observer.OnEvent(new(SessionEventKind.StepNotApplied, record.Iteration, message));
        }

        observer.OnStep(record);
    }
}
