using System.Collections.Immutable;
using Poa.Actors.Abstractions;

namespace Poa.Benchmarks.Orchestration;

/// <summary>Many devices in one process that do no work at all: what is left is what orchestration costs. Counts what it was given.</summary>
internal sealed class NoOpWorker(int devices) : IWorkExecutor
{
    private long evaluated;

    public IReadOnlyList<DeviceDescription> Devices { get; } =
        [.. Enumerable.Range(0, devices).Select(i => new DeviceDescription($"device-{i:D3}", "a stand-in that does nothing"))];

    /// <summary>Sub-networks that were handed out to be evaluated, over all leases.</summary>
    public long Evaluated => Interlocked.Read(ref evaluated);

    public void Start(WorkLease lease, IWorkReporter reporter) => _ = Task.Run(() => WorkAsync(lease, reporter));

    public Task StopAsync(string workId, long fencingToken, StopReason reason) => Task.CompletedTask;

    private async Task WorkAsync(WorkLease lease, IWorkReporter reporter)
    {
        if (lease.Work is EvaluationWork work)
        {
            Interlocked.Add(ref evaluated, work.SubNetworks.Length);
            await reporter.ResultAsync([.. work.SubNetworks.Select(name => new EvaluationResult
            {
                SubNetwork = name,
                Benchmark = work.Benchmark,
                Metrics = ImmutableSortedDictionary<string, double>.Empty.Add("top1@20", 50),
                Headline = "top1@20",
                Protocol = ImmutableSortedDictionary<string, string>.Empty,
            })]);
        }
        else
        {
            await reporter.CheckpointAsync(new RunCheckpoint(0, new string('0', 64), 1, DateTimeOffset.UnixEpoch));
        }

        await reporter.CompletedAsync(new WorkCompletion());
    }
}
