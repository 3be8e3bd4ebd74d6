using System.CommandLine;
using Poa.Cli.Hosting;
using Poa.Cli.Running;
using Poa.Data.Imaging;
using Poa.Evaluation.Drawing;
using Poa.Networks;

namespace Poa.Cli.Commands;

/// <summary><c>poa show</c>: draws what a sub-network sees in images.</summary>
internal static class ShowCommand
{
    private const string Attention = "attention";

    // 64 megapixels: more than any camera's, and little enough for a small machine.
    private const long MaximumPixels = 1L << 26;

    private const int LargestSide = 8192;

    public static Command Create(CliContext context)
    {
        var run = CommonOptions.Run();
        var name = new Argument<string>("SUBNETWORK") { Description = "Name of the sub-network, WIDTHxDEPTH." };
        var images = new Option<string[]>("--image", "-i") { Description = "JPEG, PNG or WebP files.", HelpName = "FILE", Required = true, AllowMultipleArgumentsPerToken = true };
        var what = new Option<string>("--what") { Description = "attention: where the class token looks in the last block, for each head.", DefaultValueFactory = _ => Attention };
        what.AcceptOnlyFromAmong(Attention);
        var output = new Option<string>("--output", "-o") { Description = "Folder for the pictures.", HelpName = "FOLDER", Required = true };
        var checkpoint = new Option<long?>("--checkpoint") { Description = "Iteration of the checkpoint; 0 is the untrained network. The newest if not given.", HelpName = "N" };
        var size = new Option<int?>("--size") { Description = "Pixels of the shorter side as the network is to see it; the image's own if not given.", HelpName = "PIXELS" };
        size.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int?>() is < 1 or > LargestSide)
            {
                result.AddError($"--size takes 1 to {LargestSide} pixels.");
            }
        });
        var home = CommonOptions.Home();
        var command = new PoaCommand("show", "Draws what a sub-network sees in images, as PNG files.",
            "poa show latest 96x5 --image photo.jpg -o ./pictures",
            "poa show latest 48x2 --image a.png b.png --checkpoint 0 -o ./untrained") { run, name, images, what, output, checkpoint, size, home };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var pictures = Read(parsed.GetRequiredValue(images));
            await using var connection = await PoaConnection.OpenAsync(HomeFolder.Resolve(parsed.GetValue(home)), HostNeed.Worker, cancellationToken).ConfigureAwait(false);
            var id = await RunCommands.ResolveAsync(connection.Client, parsed.GetRequiredValue(run), cancellationToken).ConfigureAwait(false);
            var scratch = Directory.CreateTempSubdirectory("poa-show-");
            try
            {
                var weights = await DeliveredNetwork.FetchAsync(
                    connection.Client, id, parsed.GetRequiredValue(name), parsed.GetValue(checkpoint), scratch.FullName, cancellationToken).ConfigureAwait(false);
                using var network = PlainViT.Load(weights);
                var folder = Directory.CreateDirectory(Path.GetFullPath(parsed.GetRequiredValue(output))).FullName;
                foreach (var (stem, picture) in pictures)
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    var path = Path.Combine(folder, $"{stem}.{Attention}.png");
                    File.WriteAllBytes(path, ImageEncoder.EncodePng(AttentionPicture.Draw(AttentionPicture.Of(network, picture, parsed.GetValue(size)))));
                    context.Out.WriteLine(path);
                }
            }
            finally
            {
                scratch.Delete(recursive: true);
            }

            return ExitCodes.Success;
        });
        return command;
    }

    /// <summary>Reads all images before anything is started: a wrong file is the most likely mistake.</summary>
    private static List<(string Stem, RgbImage Image)> Read(IReadOnlyList<string> files)
    {
        var twice = files.GroupBy(Stem).FirstOrDefault(group => group.Count() > 1);
        return twice is null
            ? [.. files.Select(file => (Stem(file), ImageDecoder.DecodeFile(file, MaximumPixels)))]
            : throw new CliException($"{string.Join(" and ", twice)} would give the same file {twice.Key}.{Attention}.png.", "Draw them into different folders.", ExitCodes.Usage);

        static string Stem(string file) => Path.GetFileNameWithoutExtension(file);
    }
}
