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
        List<Check> found = [await GuardAsync("database", () => DatabaseChecks.SchemaAsync(database, cluster, cancellationToken)).ConfigureAwait(false)];
        if (found[0].Status == CheckStatus.Failed)
        {
            return found; // who belongs to the cluster stands in there
        }

        found.Add(await GuardAsync("clock", () => DatabaseChecks.ClockAsync(database, time, cancellationToken)).ConfigureAwait(false));
        var members = await database.MembersAsync(cancellationToken).ConfigureAwait(false);
        found.Add(MembershipChecks.Members(members, time.GetUtcNow()));
        found.AddRange(await MembershipChecks.GatewaysAsync(members, cancellationToken).ConfigureAwait(false));

        string? store = null;
        IReadOnlyList<string> active = [];
        found.AddRange(await GrainsAsync().ConfigureAwait(false));
        store ??= Environment.GetEnvironmentVariable(ClusterHostSettings.BlobStoreVariable);
        found.Add(await GuardAsync("blobs", () => BlobCheck.RunAsync(store, cancellationToken)).ConfigureAwait(false));
        found.Add(await GuardAsync("reminders", () => DatabaseChecks.RemindersAsync(database, active, time, cancellationToken)).ConfigureAwait(false));
        return found;

        async Task<IReadOnlyList<Check>> GrainsAsync()
        {
            try
            {
                await using var client = await PoaClient.ConnectAsync(cluster, cancellationToken).ConfigureAwait(false);
                var grains = new GrainChecks(client, time);
                List<Check> checks = [await GuardAsync(GrainChecks.Name, () => grains.ControlAsync(cancellationToken)).ConfigureAwait(false)];
                if (checks[0].Status != CheckStatus.Failed)
                {
                    store = grains.BlobStore;
                    checks.Add(await GuardAsync("silos", () => grains.SilosAsync(cancellationToken)).ConfigureAwait(false));
                    checks.AddRange(await grains.WorkersAsync(cancellationToken).ConfigureAwait(false));
                    active = await grains.ActiveRunsAsync(cancellationToken).ConfigureAwait(false);
                }

                return checks;
            }
            catch (PoaException e)
            {
                return [new Check(GrainChecks.Name, CheckStatus.Failed, e.Error.Message, e.Error.Remedy)];
            }
        }
    }

    /// <summary>A check; what it throws of known faults is its finding.</summary>
    private static async Task<Check> GuardAsync(string name, Func<Task<Check>> check)
    {
        try
        {
            return await check().ConfigureAwait(false);
        }
        catch (PoaException e)
        {
            return new Check(name, CheckStatus.Failed, e.Error.Message, e.Error.Remedy);
        }
        catch (StorageException e)
        {
            return new Check(name, CheckStatus.Failed, e.Message, e.Remedy ?? "See whether the store serves.");
        }
    }
}
