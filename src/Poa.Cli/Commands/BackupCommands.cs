using System.CommandLine;
using Poa.Actors.Abstractions;
using Poa.Actors.Client;
using Poa.Actors.Database;
using Poa.Actors.Silo;
using Poa.Cli.Hosting;
using Poa.Cli.Rendering;
using Poa.Storage;

namespace Poa.Cli.Commands;

/// <summary><c>poa backup</c> and <c>poa restore</c>: everything that a data folder or a cluster keeps, as one folder.</summary>
internal static class BackupCommands
{
    private static readonly TimeSpan Between = TimeSpan.FromSeconds(2);

    public static Command Backup(CliContext context)
    {
        var to = new Option<string>("--to") { Description = "Folder to write; it must not exist, or be empty. It appears when the backup is complete.", HelpName = "DIR", Required = true };
        var (home, blobs, json) = (CommonOptions.Home(), Blobs("the one that a silo names, if not given."), CommonOptions.Json());
        var command = new PoaCommand(
            "backup", "Backs up runs, results and all else that is recorded, with all blobs, into a folder, with a hash of each. Hosts and silos may run meanwhile.",
            "poa backup --to /backup/monday", "poa backup --home /data/poa --to /backup/monday") { to, home, blobs, json };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var target = HostTarget.Resolve(parsed.GetValue(home));
            await using var store = await OpenAsync(context, target, parsed.GetValue(blobs), ask: true, cancellationToken).ConfigureAwait(false);
            var manifest = await Actors.Silo.Backup.WriteAsync(store, parsed.GetRequiredValue(to), Progress(context, "copied"), cancellationToken).ConfigureAwait(false);
            Print(context, manifest, parsed.GetValue(json), "backed up");
            foreach (var name in manifest.Damaged)
            {
                context.Error.WriteLine($"warning: {name} is damaged where it lies, and was left out");
            }

            return manifest.Damaged.Count == 0 ? ExitCodes.Success : ExitCodes.Failure;
        });
        return command;
    }

    public static Command Restore(CliContext context)
    {
        var from = new Option<string>("--from") { Description = "The backup.", HelpName = "DIR", Required = true };
        var overwrite = new Option<bool>("--overwrite") { Description = "Replace what is there. Otherwise data base and blob store must be empty." };
        var (home, blobs, json) = (CommonOptions.Home(), Blobs("needed for a cluster."), CommonOptions.Json());
        var command = new PoaCommand(
            "restore", "Puts a backup back into an empty data folder or cluster, also of the other kind. No host or silo may run. Hashes are checked before anything is written.",
            "poa restore --from /backup/monday --home /data/poa", "poa restore --from /backup/monday --blobs azure:poa") { from, home, blobs, overwrite, json };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var target = HostTarget.Resolve(parsed.GetValue(home));
            await using var store = await OpenAsync(context, target, parsed.GetValue(blobs), ask: false, cancellationToken).ConfigureAwait(false);
            var manifest = await Actors.Silo.Restore.RestoreAsync(
                parsed.GetRequiredValue(from), store, parsed.GetValue(overwrite), Progress(context, "written"), cancellationToken).ConfigureAwait(false);
            Print(context, manifest, parsed.GetValue(json), "restored");
            return ExitCodes.Success;
        });
        return command;
    }

    private static Option<string?> Blobs(string otherwise) => new("--blobs")
    {
        Description = $"Blob store of the cluster: azure:CONTAINER, azure:URL, or a folder. {ClusterHostSettings.BlobStoreVariable}, or {otherwise}",
        HelpName = "STORE",
    };

    /// <param name="context">The clock.</param>
    /// <param name="target">Data folder or cluster.</param>
    /// <param name="asked">What the command line says of its blobs.</param>
    /// <param name="ask">A silo may be asked where they are.</param>
    /// <param name="cancellationToken">Gives up.</param>
    private static async Task<StateStore> OpenAsync(CliContext context, HostTarget target, string? asked, bool ask, CancellationToken cancellationToken)
    {
        if (target.Cluster is not { } cluster)
        {
            return asked is null ? StateStore.OfHome(target.Home, context.Time) : throw new CliException(
                "--blobs is for a cluster; a data folder has its blobs within.", $"Leave it out, or set {ClusterAddress.DatabaseVariable}.", ExitCodes.Usage);
        }

        var specification = asked ?? Environment.GetEnvironmentVariable(ClusterHostSettings.BlobStoreVariable);
        if (string.IsNullOrWhiteSpace(specification))
        {
            if (!ask)
            {
                throw new CliException("Nothing says where the cluster keeps blobs.", $"Set {ClusterHostSettings.BlobStoreVariable}, or give --blobs.", ExitCodes.Usage);
            }

            await using var client = await PoaClient.ConnectAsync(cluster, cancellationToken).ConfigureAwait(false);
            specification = (await client.InfoAsync(cancellationToken).ConfigureAwait(false)).BlobStore;
        }

        return StateStore.OfCluster(cluster, BlobStoreFactory.Open(specification, SecretVariables.Read), context.Time);
    }

    private static Action<BackupBlob> Progress(CliContext context, string word)
    {
        var (count, bytes, told) = (0L, 0L, context.Time.GetTimestamp());
        return blob =>
        {
            count++;
            bytes += blob.Size;
            if (context.Time.GetElapsedTime(told) > Between)
            {
                told = context.Time.GetTimestamp();
                context.Error.WriteLine($"{word}: {Formats.Count(count)} blobs, {Formats.Bytes(bytes)}");
            }
        };
    }

    private static void Print(CliContext context, BackupManifest manifest, bool json, string word) => context.Out.WriteLine(json
        ? Json.Text(new { manifest.CreatedAt, manifest.Database, manifest.SchemaVersion, rows = manifest.State.Sum(file => file.Rows), blobs = manifest.Blobs.Count, bytes = manifest.Blobs.Sum(blob => blob.Size), manifest.Damaged })
        : $"{word}: {Formats.Count(manifest.State.Sum(file => file.Rows))} rows of state, {Formats.Count(manifest.Blobs.Count)} blobs with {Formats.Bytes(manifest.Blobs.Sum(blob => blob.Size))}, as of {Formats.Moment(manifest.CreatedAt)}");
}
