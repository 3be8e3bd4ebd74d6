using System.Collections.Immutable;

namespace Poa.Actors;

/// <summary>How a sweep forms batches and what it does after a fault, as functions from state to state.</summary>
internal static class SweepPlan
{
    /// <summary>Puts claimed evaluations that are in no batch into batches of at most the size asked for.</summary>
    public static SweepState Group(SweepState state, DateTimeOffset now)
    {
        var batched = state.Batches.SelectMany(batch => batch.SubNetworks).ToHashSet();
        var loose = state.Jobs
            .Where(job => job is { Status: JobStatus.Pending, IsClaimed: true } && !batched.Contains(job.SubNetwork))
            .Select(job => job.SubNetwork);
        foreach (var chunk in loose.Chunk(state.Specification!.BatchSize))
        {
            state = AddBatch(state, [.. chunk], now);
        }

        return state;
    }

    /// <summary>Evaluations of a batch that have no result yet.</summary>
    public static ImmutableArray<string> Remaining(SweepState state, SweepBatch batch) =>
        [.. batch.SubNetworks.Where(name => state.Jobs.Any(job => job.SubNetwork == name && job.Status == JobStatus.Pending))];

    /// <summary>
    /// A batch has come further, by a result or an intermediate checkpoint: errors and losses of workers before that are no fault of what remains.
    /// An evaluation of days survives any number of restarts, while one that ends its worker at the same place is still found out.
    /// </summary>
    public static SweepState Advanced(SweepState state, SweepBatch batch)
    {
        var delayed = state.Jobs.Where(job => job.Status == JobStatus.Pending && (job.WorkerLosses > 0 || job.Faults.All > 0) && batch.SubNetworks.Contains(job.SubNetwork));
        return Change(state, [.. delayed.Select(job => job.SubNetwork)], job => job with { WorkerLosses = 0, Faults = FaultTally.None });
    }

    /// <summary>
    /// After the loss of a worker: once, try the rest again as it is. A second loss puts the blame on one of them: halve the batch
    /// until the one that ends its worker is alone, and quarantine that.
    /// </summary>
    /// <param name="state">The state.</param>
    /// <param name="batch">The batch that was being worked on.</param>
    /// <param name="error">What happened.</param>
    /// <param name="options">Limits.</param>
    /// <param name="now">The time.</param>
    public static SweepState AfterWorkerLoss(SweepState state, SweepBatch batch, WorkError error, PoaActorsOptions options, DateTimeOffset now)
    {
        var remaining = Remaining(state, batch);
        var specification = state.Specification!;
        var log = new WorkLogName(batch.Lease.FencingToken, WorkId.Evaluation(specification.SweepId, batch.Number), batch.Lease.Shard ?? "").ToString();
        state = RemoveBatch(state, batch.Number);
        state = Change(state, remaining, job => job with { WorkerLosses = job.WorkerLosses + 1, Log = log });
        var losses = state.Jobs.Where(job => remaining.Contains(job.SubNetwork)).Select(job => job.WorkerLosses).DefaultIfEmpty().Max();
        if (remaining.IsEmpty)
        {
            return state;
        }

        if (losses < options.WorkerLossLimit)
        {
            return AddBatch(state, remaining, now + options.BackOff(losses));
        }

        if (remaining.Length > 1)
        {
            var half = (remaining.Length + 1) / 2;
            state = AddBatch(state, remaining[..half], now + options.BackOff(losses));
            return AddBatch(state, remaining[half..], now + options.BackOff(losses));
        }

        return Change(state, remaining, job => job with
        {
            Status = JobStatus.Quarantined,
            Error = new WorkError(
                ErrorCodes.Quarantined,
                $"The worker ended {losses} times while it evaluated this. {error.Message}",
                $"Look for the cause (often memory) in the log of its last try, {log}: poa logs {specification.Run}. Then retry the sweep's failed evaluations."),
        });
    }

    /// <summary>
    /// After an error that the worker reported: retry what another try may survive, a bounded number of times, or for a bounded time where
    /// the infrastructure is to blame.
    /// </summary>
    /// <param name="state">The state.</param>
    /// <param name="batch">The batch that was being worked on.</param>
    /// <param name="error">What was reported.</param>
    /// <param name="options">Limits.</param>
    /// <param name="now">The time.</param>
    public static SweepState AfterError(SweepState state, SweepBatch batch, WorkError error, PoaActorsOptions options, DateTimeOffset now)
    {
        var remaining = Remaining(state, batch);
        state = RemoveBatch(state, batch.Number);
        state = Change(state, remaining, job => job with { Faults = job.Faults.With(error, now) });
        var again = state.Jobs
            .Where(job => error.Retryable && remaining.Contains(job.SubNetwork) && job.Faults.WhyNoMore(options.MaxJobAttempts, options.SweepPatience, now) is null)
            .ToImmutableArray();
        state = Change(state, remaining.RemoveRange(again.Select(job => job.SubNetwork)), job => job with { Status = JobStatus.Failed, Error = error });
        return again.IsEmpty
            ? state
            : AddBatch(state, [.. again.Select(job => job.SubNetwork)], now + options.BackOff(again.Max(job => job.Faults.All)));
    }

    /// <summary>Notes the time at evaluations that have ended and do not say when.</summary>
    public static SweepState NoteEnds(SweepState state, DateTimeOffset now) =>
        state.Jobs.Any(HasNoEnd)
            ? state with { Jobs = [.. state.Jobs.Select(job => HasNoEnd(job) ? job with { FinishedAt = now } : job)] }
            : state;

    private static bool HasNoEnd(SweepJobState job) => job.Status != JobStatus.Pending && job.FinishedAt is null;

    /// <summary>Changes some evaluations.</summary>
    public static SweepState Change(SweepState state, IReadOnlyCollection<string> names, Func<SweepJobState, SweepJobState> change)
    {
        var chosen = names.ToHashSet();
        return chosen.Count == 0 ? state : state with { Jobs = [.. state.Jobs.Select(job => chosen.Contains(job.SubNetwork) ? change(job) : job)] };
    }

    /// <summary>Puts a changed batch in the place of the one with the same number.</summary>
    public static SweepState ReplaceBatch(SweepState state, SweepBatch batch) => state with
    {
        Batches = [.. state.Batches.Select(other => other.Number == batch.Number ? batch : other)],
    };

    /// <summary>Drops a batch.</summary>
    public static SweepState RemoveBatch(SweepState state, int number) => state with
    {
        Batches = state.Batches.RemoveAll(batch => batch.Number == number),
    };

    private static SweepState AddBatch(SweepState state, ImmutableArray<string> subNetworks, DateTimeOffset notBefore) => state with
    {
        LastBatch = state.LastBatch + 1,
        Batches = state.Batches.Add(new SweepBatch(state.LastBatch + 1, subNetworks, notBefore, LeaseHold.None)),
    };
}
