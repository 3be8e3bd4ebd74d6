using Poa.Actors.Abstractions;
using Poa.Actors.Client;
using Poa.Actors.Database;
using Poa.Actors.Silo;
using Poa.Storage;

namespace Poa.Cli.Doctor.Cluster;

/// <summary>Looks at a cluster from this machine: everything that a run needs of it, in the order in which remedies are best followed.</summary>
internal static class ClusterChecks
{
    /// <param name="cluster">The cluster.</param>
    /// <param name="time">This machine's clock.</param>
    /// <param name="cancellationToken">Stops between checks.</param>
    public static async Task<IReadOnlyList<Check>> RunAsync(ClusterAddress cluster, TimeProvider time, CancellationToken cancellationToken)
    {
        var database = new PostgresDatabase(cluster);
        var found = new List<Check>();
        if (!await AddAsync(found, "database", () => DatabaseChecks.SchemaAsync(database, cluster, cancellationToken)).ConfigureAwait(false))
        {
            return found; // who belongs to the cluster stands in there
        }

        await AddAsync(found, "clock", () => DatabaseChecks.ClockAsync(database, time, cancellationToken)).ConfigureAwait(false);
        IReadOnlyList<MemberRow> members = [];
        await AddAsync(found, "membership", async () =>
        {
            members = await database.MembersAsync(cancellationToken).ConfigureAwait(false);
            return MembershipChecks.Members(members, time.GetUtcNow());
        }).ConfigureAwait(false);
        found.AddRange(await MembershipChecks.GatewaysAsync(members, cancellationToken).ConfigureAwait(false));

        var (store, active) = await GrainsAsync(found, cluster, time, cancellationToken).ConfigureAwait(false);
        store ??= Environment.GetEnvironmentVariable(ClusterHostSettings.BlobStoreVariable);
        await AddAsync(found, "blobs", () => BlobCheck.RunAsync(store, cancellationToken)).ConfigureAwait(false);
        await AddAsync(found, "reminders", () => DatabaseChecks.RemindersAsync(database, active, time, cancellationToken)).ConfigureAwait(false);
        return found;
    }

    /// <summary>What the cluster says of itself.</summary>
    /// <returns>Where it keeps blobs, if it said so, and its active runs.</returns>
    private static async Task<(string? BlobStore, IReadOnlyList<string> ActiveRuns)> GrainsAsync(
        List<Check> found, ClusterAddress cluster, TimeProvider time, CancellationToken cancellationToken)
    {
        (string? BlobStore, IReadOnlyList<string> ActiveRuns) said = (null, []);
        await AddAllAsync(found, GrainChecks.Name, async () =>
        {
            await using var client = await PoaClient.ConnectAsync(cluster, cancellationToken).ConfigureAwait(false);
            var grains = new GrainChecks(client, time);
            if (await AddAsync(found, GrainChecks.Name, () => grains.ControlAsync(cancellationToken)).ConfigureAwait(false))
            {
                said.BlobStore = grains.BlobStore;
                await AddAsync(found, "silos", () => grains.SilosAsync(cancellationToken)).ConfigureAwait(false);
                await AddAllAsync(found, "workers", () => grains.WorkersAsync(cancellationToken)).ConfigureAwait(false);
                said.ActiveRuns = await grains.ActiveRunsAsync(cancellationToken).ConfigureAwait(false);
            }

            return [];
        }).ConfigureAwait(false);
        return said;
    }

    private static Task<bool> AddAsync(List<Check> found, string name, Func<Task<Check>> check) =>
        AddAllAsync(found, name, async () => [await check().ConfigureAwait(false)]);

    /// <summary>Adds what a check finds; if it ends by an exception, that is its finding, and the others are looked at all the same.</summary>
    /// <returns>True if nothing failed.</returns>
    private static async Task<bool> AddAllAsync(List<Check> found, string name, Func<Task<IReadOnlyList<Check>>> check)
    {
        IReadOnlyList<Check> checks;
        try
        {
            checks = await check().ConfigureAwait(false);
        }
        catch (PoaException e)
        {
            checks = [new Check(name, CheckStatus.Failed, e.Error.Message, e.Error.Remedy)];
        }
        catch (StorageException e)
        {
            checks = [new Check(name, CheckStatus.Failed, e.Message, e.Remedy ?? "See whether the store serves.")];
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            checks = [new Check(name, CheckStatus.Failed, $"{e.GetType().Name}: {e.Message}", "No fault that this program knows: see the logs of the silos and of the data base.")];
        }

        found.AddRange(checks);
        return checks.All(check => check.Status != CheckStatus.Failed);
    }
}
