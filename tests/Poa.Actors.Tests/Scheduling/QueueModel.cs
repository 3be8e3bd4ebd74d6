using Poa.Actors.Abstractions;

namespace Poa.Actors.Tests.Scheduling;

/// <summary>A scheduler without its grain: the books, and shards that do what the test says.</summary>
internal sealed class QueueModel(int shards)
{
    private readonly List<string> _shards = [.. Enumerable.Range(0, shards).Select(i => $"w{i}/cpu")];

    public static DateTimeOffset Start => DateTimeOffset.UnixEpoch;

    public SchedulerState State { get; set; } = new();

    public DateTimeOffset Now { get; set; } = Start;

    public IReadOnlyList<WorkEntry> Leased => [.. State.Work.Where(entry => entry.Lease is not null)];

    public IReadOnlyList<string> Free => [.. _shards.Where(shard =>
        !State.IsDrained(shard) && State.Work.All(entry => entry.Lease?.Shard != shard))];

    public static WorkRequest Run(string id, int priority = 0, int shards = 1, int minimum = 1) => new(
        WorkId.Training(id, 0), new TrainingShardWork(id, "", ""), new WorkOwner(WorkOwnerKind.TrainingRun, id), priority, Shards: shards, MinimumShards: minimum);

    public static WorkRequest Batch(string sweep, int batch, int priority = 0) => new(
        WorkId.Evaluation(sweep, batch),
        new EvaluationWork("run", 0, Benchmarks.Knn, EvaluationData.None, ImmutableDictionary<string, string>.Empty, ["48x2"], ""),
        new WorkOwner(WorkOwnerKind.Sweep, sweep), priority);

    public static WorkRequest Extraction(string run, string subNetwork) => new(
        $"extract/{run}/0/{subNetwork}", new ExtractionWork(run, 0, subNetwork, ""), new WorkOwner(WorkOwnerKind.Extraction, $"{run}/0/{subNetwork}"));

    public QueueModel Add(params IEnumerable<WorkRequest> requests)
    {
        foreach (var request in requests)
        {
            State = WorkQueue.Enqueue(State, request, Now);
        }

        return this;
    }

    /// <summary>Hands out what there is room for, as the scheduler does; returns the ids in the order of the grants.</summary>
    public List<string> HandOut()
    {
        var granted = new List<string>();
        while (WorkQueue.Next(State, Free.Count, Now) is { } choice)
        {
            granted.Add(choice.Entry.WorkId);
            State = WorkQueue.Grant(State, choice.Entry.WorkId, [.. Free.Take(choice.Shards).Select(shard => new Seat(shard, "life"))], Now);
        }

        return granted;
    }

    public WorkEntry Entry(string workId) => WorkQueue.Find(State, workId)!;

    /// <summary>The worker has put the work down.</summary>
    public void Release(string workId, TimeSpan? requeueAfter = null) =>
        State = WorkQueue.Release(State, workId, Entry(workId).Lease!.FencingToken, requeueAfter, Now);
}
