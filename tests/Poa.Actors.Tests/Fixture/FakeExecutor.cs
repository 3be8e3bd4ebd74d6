using Poa.Actors.Abstractions;

namespace Poa.Actors.Tests;

/// <summary>Stands in for the worker: work does nothing until the test says what happens. Shared by the silos of a cluster.</summary>
public sealed class FakeExecutor : IWorkExecutor
{
    private readonly List<FakeWork> _started = [];
    private readonly Lock _gate = new();
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public IReadOnlyList<DeviceDescription> Devices { get; init; } = [new("cpu", "a device that only waits")];

    public string? ExchangeAddress { get; init; }

    public IReadOnlyList<InterruptedTraining> Interrupted { get; init; } = [];

    public IReadOnlyList<FakeWork> Started
    {
        get
        {
            lock (_gate)
            {
                return [.. _started];
            }
        }
    }

    public void Start(WorkLease lease, IWorkReporter reporter)
    {
        lock (_gate)
        {
            if (_started.Any(work => work.Lease.WorkId == lease.WorkId && work.Lease.FencingToken >= lease.FencingToken))
            {
                return;
            }

            _started.Add(new FakeWork(lease, reporter));
            _changed.TrySetResult();
            _changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }

    public Task StopAsync(string workId, long fencingToken, StopReason reason) =>
        Started.FirstOrDefault(work => work.Lease.WorkId == workId && work.Lease.FencingToken == fencingToken)?.StopAsync(reason) ?? Task.CompletedTask;

    /// <summary>Waits for the start of work that fits; <paramref name="after"/> leaves out leases up to that token.</summary>
    public async Task<FakeWork> NextAsync(string what, Func<WorkLease, bool> fits, long after = 0)
    {
        using var limit = new CancellationTokenSource(Wait.Limit);
        while (true)
        {
            Task changed;
            lock (_gate)
            {
                if (_started.FirstOrDefault(work => work.Lease.FencingToken > after && fits(work.Lease)) is { } found)
                {
                    return found;
                }

                changed = _changed.Task;
            }

            try
            {
                await changed.WaitAsync(limit.Token);
            }
            catch (OperationCanceledException)
            {
                throw new TimeoutException($"Waited {Wait.Limit} for the start of {what}; started: {string.Join(", ", Started.Select(w => w.Lease))}");
            }
        }
    }

    public Task<FakeWork> TrainingAsync(string run, long after = 0) =>
        NextAsync($"training of {run} after token {after}", lease => lease.WorkId == WorkId.Training(run, 0), after);

    public Task<FakeWork> BatchAsync(string sweep, long after = 0) =>
        NextAsync($"a batch of {sweep} after token {after}", lease => lease.Owner.Key == sweep, after);
}

/// <summary>A piece of work in the hands of the test.</summary>
public sealed class FakeWork(WorkLease lease, IWorkReporter reporter)
{
    private readonly TaskCompletionSource<StopReason> _stop = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public WorkLease Lease { get; } = lease;

    public IWorkReporter Reporter { get; } = reporter;

    public EvaluationWork Evaluation => (EvaluationWork)Lease.Work;

    /// <summary>Waits until the work is asked to stop.</summary>
    public async Task<StopReason> StopRequestedAsync()
    {
        try
        {
            return await _stop.Task.WaitAsync(Wait.Limit);
        }
        catch (TimeoutException)
        {
            throw new TimeoutException($"Waited {Wait.Limit} for a request to stop {Lease.WorkId} (token {Lease.FencingToken})");
        }
    }

    public Task StopAsync(StopReason reason)
    {
        _stop.TrySetResult(reason);
        return reason == StopReason.LeaseLost ? Task.CompletedTask : _ended.Task;
    }

    public async Task<ReportVerdict> EndAsync(Task<ReportVerdict> lastReport)
    {
        var verdict = await lastReport.WaitAsync(Wait.Limit);
        _ended.TrySetResult();
        return verdict;
    }

    public Task<ReportVerdict> CompleteAsync() => EndAsync(Reporter.CompletedAsync(new WorkCompletion { Cost = new WorkCost(TimeSpan.FromSeconds(1), 10, 5) }));

    public Task<ReportVerdict> FailAsync(bool retryable) =>
        EndAsync(Reporter.FailedAsync(new WorkError("test-fault", "It broke.", "Mend it.", retryable)));

    public Task<ReportVerdict> StopAsAskedAsync(StopReason reason) => EndAsync(Reporter.StoppedAsync(reason));

    public Task<ReportVerdict> CheckpointAsync(long iteration) =>
        Reporter.CheckpointAsync(new RunCheckpoint(iteration, $"{iteration:x64}", 1000, DateTimeOffset.UnixEpoch));

    public Task<ReportVerdict> ResultAsync(params string[] subNetworks) => Reporter.ResultAsync([.. subNetworks.Select(name => ResultOf(name, 80))]);

    public static EvaluationResult ResultOf(string subNetwork, double value, string benchmark = Benchmarks.Knn, string metric = "top1@20") => new()
    {
        SubNetwork = subNetwork,
        Benchmark = benchmark,
        Metrics = new Dictionary<string, double> { [metric] = value }.ToImmutableSortedDictionary(),
        Headline = metric,
        Protocol = new Dictionary<string, string> { ["k"] = "20" }.ToImmutableSortedDictionary(),
    };
}
