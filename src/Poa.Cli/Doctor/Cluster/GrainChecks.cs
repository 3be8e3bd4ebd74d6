using System.Diagnostics;
using Poa.Actors.Abstractions;
using Poa.Actors.Client;
using Poa.Cli.Rendering;

namespace Poa.Cli.Doctor.Cluster;

/// <summary>What the cluster says of itself when it is asked: silos, versions, workers, queue.</summary>
internal sealed class GrainChecks(PoaClient client, TimeProvider time)
{
    /// <summary>Name of the check that the others rest on.</summary>
    public const string Name = "control";

    /// <summary>Where the cluster keeps blobs; null until <see cref="ControlAsync"/> has asked.</summary>
    public string? BlobStore { get; private set; }

    /// <summary>Do a stateless grain and the scheduler, which is on a control silo, answer?</summary>
    public async Task<Check> ControlAsync(CancellationToken cancellationToken)
    {
        var clock = Stopwatch.StartNew();
        BlobStore = (await client.InfoAsync(cancellationToken).ConfigureAwait(false)).BlobStore;
        await client.QueueAsync(cancellationToken).ConfigureAwait(false);
        return new Check(Name, CheckStatus.Ok, string.Create(Formats.Plain, $"grains answer, the scheduler among them, in {clock.Elapsed.TotalMilliseconds:F0} ms"));
    }

    /// <summary>Roles and versions.</summary>
    public async Task<Check> SilosAsync(CancellationToken cancellationToken)
    {
        var silos = await client.SilosAsync(cancellationToken).ConfigureAwait(false);
        var found = string.Join("; ", silos.GroupBy(silo => silo.Role).OrderBy(group => group.Key, StringComparer.Ordinal)
            .Select(group => $"{group.Key}: {string.Join(", ", group.Select(silo => silo.Name))}"));
        var versions = silos.Select(silo => silo.Version).Append(SoftwareVersion.Text).Distinct().ToList();
        if (versions.Count > 1)
        {
            return new Check("silos", CheckStatus.Warning, $"{found}; versions differ: {string.Join(", ", silos.Select(silo => $"{silo.Name} {silo.Version}"))}, this program {SoftwareVersion.Text}",
                "Finish the update: restart silos of the older version one after the other.");
        }

        return silos.Count(silo => silo.IsControl) < 2
            ? new Check("silos", CheckStatus.Warning, $"{found}; version {SoftwareVersion.Text}", "With one control silo, commands wait while it is down: run two.")
            : new Check("silos", CheckStatus.Ok, $"{found}; version {SoftwareVersion.Text}");
    }

    /// <summary>One finding for each device, then the queue.</summary>
    public async Task<IReadOnlyList<Check>> WorkersAsync(CancellationToken cancellationToken)
    {
        var queue = await client.QueueAsync(cancellationToken).ConfigureAwait(false);
        var checks = queue.Shards.Select(Worker).ToList();
        if (queue.Shards.All(shard => shard.IsLost))
        {
            checks.Add(new Check("workers", CheckStatus.Failed, "nobody works: runs and evaluations wait", "Start a worker with: poa silo --role worker"));
        }

        var waiting = queue.Work.Count(work => work.Shard is null);
        checks.Add(new Check("queue", CheckStatus.Ok, string.Create(Formats.Plain, $"{queue.Work.Length - waiting} leased, {waiting} waiting")));
        return checks;
    }

    /// <summary>Runs that are queued or worked on.</summary>
    public async Task<IReadOnlyList<string>> ActiveRunsAsync(CancellationToken cancellationToken) =>
        [.. (await client.Runs.ListAsync(new CatalogQuery { Statuses = [RunStatus.Queued, RunStatus.Running, RunStatus.Pausing, RunStatus.Cancelling] }, cancellationToken).ConfigureAwait(false)).Select(run => run.RunId)];

    private Check Worker(ShardStanding shard)
    {
        var since = shard.LeaseSince is { } leased ? $" for {Formats.Duration(time.GetUtcNow() - leased)}" : "";
        var found = $"{shard.Shard} ({shard.Device.Description}): {WorkerTable.State(shard)}{(shard.WorkId is { } work ? $", {work}{since}" : "")}";
        return shard switch
        {
            { IsLost: true } => new Check("worker", CheckStatus.Warning, $"{found}, silent for {Formats.Duration(time.GetUtcNow() - shard.LastSeen)}", "Start the worker again, or see why its machine is gone; its work goes to others."),
            { IsDrainedByOperator: true } => new Check("worker", CheckStatus.Warning, found, $"It takes no work until: poa workers resume {shard.Shard}"),
            _ => new Check("worker", CheckStatus.Ok, found),
        };
    }
}
