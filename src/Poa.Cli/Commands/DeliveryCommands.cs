using System.CommandLine;
using Poa.Actors.Abstractions;
using Poa.Cli.Hosting;
using Poa.Cli.Rendering;

namespace Poa.Cli.Commands;

/// <summary><c>poa extract</c> and <c>poa download</c>: sub-networks as plain networks, out of the store and into a folder.</summary>
internal static class DeliveryCommands
{
    private const string ModelFile = "model.safetensors";

    /// <summary>Extracts a sub-network into the blob store.</summary>
    public static Command Extract(CliContext context)
    {
        var (run, name, checkpoint) = (CommonOptions.Run(), Name(), Checkpoint());
        var (home, json) = (CommonOptions.Home(), CommonOptions.Json());
        var command = new PoaCommand("extract", "Makes a plain network of a sub-network: weights with timm's key names, a configuration and a model card, in the blob store.",
            "poa extract latest 96x5",
            "poa extract latest 48x2 --checkpoint 600") { run, name, checkpoint, home, json };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            await using var connection = await PoaConnection.OpenAsync(HostTarget.Resolve(parsed.GetValue(home)), HostNeed.Worker, cancellationToken).ConfigureAwait(false);
            var id = await RunCommands.ResolveAsync(connection.Client, parsed.GetRequiredValue(run), cancellationToken).ConfigureAwait(false);
            var key = await connection.Client.Extractions.StartAsync(id, parsed.GetRequiredValue(name), parsed.GetValue(checkpoint), cancellationToken).ConfigureAwait(false);
            var model = await connection.Client.Extractions.WaitAsync(key, cancellationToken).ConfigureAwait(false);
            if (parsed.GetValue(json))
            {
                context.Out.WriteLine(Json.Text(new { key.Run, key.Iteration, key.SubNetwork, model.Prefix, model.Files }));
            }
            else
            {
                context.Out.WriteLine(string.Create(Formats.Plain, $"{key.SubNetwork} of {key.Run} at iteration {key.Iteration}: {model.Prefix}"));
                RunCommands.PrintLines(context, model.Files.Select(file => $"  {file.Name[model.Prefix.Length..]}  {Formats.Bytes(file.Size)}"));
                context.Out.WriteLine($"Take it out with: poa download {key.Run} {key.SubNetwork} -o FOLDER");
            }

            return ExitCodes.Success;
        });
        return command;
    }

    /// <summary>Copies an extracted sub-network out of the blob store.</summary>
    public static Command Download(CliContext context)
    {
        var (run, name, checkpoint) = (CommonOptions.Run(), Name(), Checkpoint());
        var output = new Option<string>("--output", "-o") { Description = "A folder for all files, or a path ending in .safetensors for the weights alone.", HelpName = "PATH", Required = true };
        var (home, json) = (CommonOptions.Home(), CommonOptions.Json());
        var command = new PoaCommand("download", "Copies an extracted sub-network out of the store; hashes are verified.",
            "poa download latest 96x5 -o ./vit-96x5",
            "poa download latest 48x2 -o small.safetensors") { run, name, checkpoint, output, home, json };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            await using var connection = await PoaConnection.OpenAsync(HostTarget.Resolve(parsed.GetValue(home)), HostNeed.State, cancellationToken).ConfigureAwait(false);
            var client = connection.Client;
            var id = await RunCommands.ResolveAsync(client, parsed.GetRequiredValue(run), cancellationToken).ConfigureAwait(false);
            var grid = (await client.Runs.ConfigurationAsync(id, cancellationToken).ConfigureAwait(false)).Grid();
            var subNetwork = grid.Parse(parsed.GetRequiredValue(name)).ToString();
            var snapshot = await client.Runs.GetAsync(id, cancellationToken).ConfigureAwait(false);
            var iteration = parsed.GetValue(checkpoint) ?? NewestExtracted(snapshot, subNetwork);
            var files = await CopyAsync(client, new ExtractionKey(id, iteration, subNetwork), parsed.GetRequiredValue(output), cancellationToken).ConfigureAwait(false);
            if (parsed.GetValue(json))
            {
                context.Out.WriteLine(Json.Text(new { run = id, iteration, subNetwork, files }));
            }
            else
            {
                RunCommands.PrintLines(context, files);
            }

            return ExitCodes.Success;
        });
        return command;
    }

    private static async Task<IReadOnlyList<string>> CopyAsync(Poa.Actors.Client.PoaClient client, ExtractionKey key, string output, CancellationToken cancellationToken)
    {
        if (!output.EndsWith(".safetensors", StringComparison.Ordinal))
        {
            return await client.Downloads.ToFolderAsync(key, Path.GetFullPath(output), cancellationToken).ConfigureAwait(false);
        }

        var model = (await client.Extractions.GetAsync(key, cancellationToken).ConfigureAwait(false)).Model ?? throw NotExtracted(key.Run, key.SubNetwork);
        var path = Path.GetFullPath(output);
        await client.Downloads.ToFileAsync(model.Prefix + ModelFile, path, cancellationToken).ConfigureAwait(false);
        return [path];
    }

    private static long NewestExtracted(RunSnapshot run, string subNetwork)
    {
        long[] iterations = [.. run.Extractions.Select(ExtractionKey.Parse).Where(key => key.SubNetwork == subNetwork).Select(key => key.Iteration)];
        return iterations.Length > 0 ? iterations.Max() : throw NotExtracted(run.Specification.RunId, subNetwork);
    }

    private static CliException NotExtracted(string run, string subNetwork) =>
        new($"{subNetwork} of {run} has not been extracted.", $"Extract it first: poa extract {run} {subNetwork}", ExitCodes.NotFound);

    private static Argument<string> Name() => new("SUBNETWORK") { Description = "Name of the sub-network, WIDTHxDEPTH." };

    private static Option<long?> Checkpoint() => new("--checkpoint") { Description = "Iteration of the checkpoint; the newest if not given.", HelpName = "N" };
}
