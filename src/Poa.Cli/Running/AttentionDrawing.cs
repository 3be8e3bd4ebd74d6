using Poa.Actors.Abstractions;
using Poa.Actors.Client;
using Poa.Cli.Commands;
using Poa.Cli.Hosting;
using Poa.Data.Imaging;
using Poa.Elastic;
using Poa.Evaluation.Drawing;
using Poa.Networks;

namespace Poa.Cli.Running;

/// <summary>Draws where a sub-network's class token looks in images of the user's.</summary>
internal static class AttentionDrawing
{
    // 64 megapixels: more than any camera's, and little enough for a small machine.
    private const long MaximumPixels = 1L << 26;

    /// <summary>Extracts the sub-network if need be, draws, and prints the path of each picture.</summary>
    public static async Task DrawAsync(
        CliContext context, HostTarget target, SubNetworkReference asked, IReadOnlyList<string> files, int? shorterSide, string folder, CancellationToken cancellationToken)
    {
        var pictures = Read(files);
        await using var connection = await PoaConnection.OpenAsync(target, HostNeed.Worker, cancellationToken).ConfigureAwait(false);
        var id = await RunCommands.ResolveAsync(connection.Client, asked.Run, cancellationToken).ConfigureAwait(false);
        await RequireClassTokenAsync(connection.Client, id, cancellationToken).ConfigureAwait(false);
        var scratch = Directory.CreateTempSubdirectory("poa-show-");
        try
        {
            var weights = await DeliveredNetwork.FetchAsync(connection.Client, id, asked.Name, asked.Checkpoint, scratch.FullName, cancellationToken).ConfigureAwait(false);
            using var network = PlainViT.Load(weights);
            Directory.CreateDirectory(folder);
            foreach (var (stem, picture) in pictures)
            {
                cancellationToken.ThrowIfCancellationRequested();
                var path = Path.Combine(folder, NameOf(stem));
                File.WriteAllBytes(path, ImageEncoder.EncodePng(AttentionPicture.Draw(AttentionPicture.Of(network, picture, shorterSide))));
                context.Out.WriteLine(path);
            }
        }
        finally
        {
            scratch.Delete(recursive: true);
        }
    }

    /// <summary>Refuses runs of families that have no class token, before anything is extracted.</summary>
    private static async Task RequireClassTokenAsync(PoaClient client, string run, CancellationToken cancellationToken)
    {
        var family = (await client.Runs.ConfigurationAsync(run, cancellationToken).ConfigureAwait(false)).Student.Architecture;
        if (family != ArchitectureFamily.Vit)
        {
            throw new CliException(
                $"Run {run} trains a {family}, which has no class token whose attention could be drawn.",
                $"Draw the attention of a run of a ViT, or look at what it finds: poa show {run} SUBNETWORK --what {Benchmarks.Coco} --output FOLDER",
                ExitCodes.Usage);
        }
    }

    /// <summary>Reads all images before anything is started: a wrong file is the most likely mistake.</summary>
    private static List<(string Stem, RgbImage Image)> Read(IReadOnlyList<string> files)
    {
        var twice = files.GroupBy(Stem).FirstOrDefault(group => group.Count() > 1);
        return twice is null
            ? [.. files.Select(file => (Stem(file), ImageDecoder.DecodeFile(file, MaximumPixels)))]
            : throw new CliException($"{string.Join(" and ", twice)} would give the same file {NameOf(twice.Key)}.", "Draw them into different folders.", ExitCodes.Usage);

        static string Stem(string file) => Path.GetFileNameWithoutExtension(file);
    }

    private static string NameOf(string stem) => $"{stem}.{Benchmarks.Attention}.png";
}
