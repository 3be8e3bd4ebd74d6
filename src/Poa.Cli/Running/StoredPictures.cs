using System.Globalization;
using Poa.Actors.Abstractions;
using Poa.Cli.Commands;
using Poa.Cli.Hosting;

namespace Poa.Cli.Running;

/// <summary>Fetches the pictures that an evaluation of a sub-network stored.</summary>
internal static class StoredPictures
{
    /// <summary>Downloads those that were computed last, and prints path and caption of each.</summary>
    /// <exception cref="CliException">There are none; the remedy is the command that computes them.</exception>
    public static async Task FetchAsync(
        CliContext context, HostTarget target, SubNetworkReference asked, string benchmark, string folder, CancellationToken cancellationToken)
    {
        await using var connection = await PoaConnection.OpenAsync(target, HostNeed.State, cancellationToken).ConfigureAwait(false);
        var client = connection.Client;
        var id = await RunCommands.ResolveAsync(client, asked.Run, cancellationToken).ConfigureAwait(false);
        var set = await client.Pictures.FindNewestAsync(id, asked.Name, benchmark, asked.Checkpoint, cancellationToken).ConfigureAwait(false);
        if (set is null)
        {
            var results = await client.Results.AllAsync(id, cancellationToken).ConfigureAwait(false);
            throw Missing(asked with { Run = id }, benchmark, results.Any(row =>
                row.Result.Benchmark == benchmark && row.SubNetwork == asked.Name && (asked.Checkpoint ?? row.Iteration) == row.Iteration));
        }

        var paths = await client.Pictures.ToFolderAsync(set, folder, cancellationToken).ConfigureAwait(false);
        RunCommands.PrintLines(context, paths.Zip(set.Pictures, (path, picture) => $"{path}  {picture.Caption}"));
    }

    private static CliException Missing(SubNetworkReference asked, string benchmark, bool hasResult)
    {
        var at = asked.Checkpoint is { } iteration ? iteration.ToString(CultureInfo.InvariantCulture) : null;
        string[] command =
        [
            $"poa evaluate {asked.Run} --benchmark {benchmark} --subnetworks {asked.Name}",
            .. at is null ? Array.Empty<string>() : [$"--checkpoint {at}"],
            .. benchmark switch
            {
                Benchmarks.Coco => (string[])["--train-data 'coco:FOLDER?split=train'"],
                Benchmarks.Ade20k => ["--train-data 'ade20k:FOLDER?split=training'"],
                _ => [],
            },
            .. hasResult ? (string[])["--recompute"] : [],
        ];
        return new(
            $"There are no pictures of {benchmark} for {asked.Name} of run {asked.Run}{(at is null ? "" : $" at checkpoint {at}")}{(hasResult ? "; its result was stored without any" : "")}.",
            $"Compute them: {string.Join(' ', command)}",
            ExitCodes.NotFound);
    }
}
