using System.CommandLine;
using Poa.Actors.Abstractions;
using Poa.Cli.Hosting;
using Poa.Cli.Running;

namespace Poa.Cli.Commands;

/// <summary><c>poa show</c>: pictures of what a sub-network sees and finds.</summary>
internal static class ShowCommand
{
    private const int LargestSide = 8192;

    public static Command Create(CliContext context)
    {
        var run = CommonOptions.Run();
        var name = new Argument<string>("SUBNETWORK") { Description = "Name of the sub-network, WIDTHxDEPTH." };
        var what = new Option<string>("--what")
        {
            Description =
                "attention: where the class token looks in the last block, for each head. coco: objects found in test images beside the true ones. " +
                "ade20k: classes found in test images beside the true ones. The latter two, and attention without --image, are the pictures that an " +
                "evaluation of that benchmark stored; compute them with: poa evaluate RUN --benchmark coco --subnetworks SUBNETWORK.",
            DefaultValueFactory = _ => Benchmarks.Attention,
        };
        what.AcceptOnlyFromAmong(Benchmarks.Attention, Benchmarks.Coco, Benchmarks.Ade20k);
        var images = new Option<string[]>("--image", "-i") { Description = "JPEG, PNG or WebP files to draw the attention in, now.", HelpName = "FILE", AllowMultipleArgumentsPerToken = true };
        var output = new Option<string>("--output", "-o") { Description = "Folder for the pictures.", HelpName = "FOLDER", Required = true };
        var checkpoint = new Option<long?>("--checkpoint")
        {
            Description = "Iteration of the checkpoint; 0 is the untrained network. Otherwise the newest, and of stored pictures the newest that has some.",
            HelpName = "N",
        };
        var size = new Option<int?>("--size") { Description = "With --image: pixels of the shorter side as the network is to see it; the image's own if not given.", HelpName = "PIXELS" };
        size.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int?>() is < 1 or > LargestSide)
            {
                result.AddError($"--size takes 1 to {LargestSide} pixels.");
            }
        });
        var home = CommonOptions.Home();
        var command = new PoaCommand("show", "Draws where a sub-network looks in images, or fetches the pictures that its evaluations stored.",
            "poa show latest 96x5 --image photo.jpg -o ./pictures",
            "poa show latest 48x2 --image a.png b.png --checkpoint 0 -o ./untrained",
            "poa show latest 96x5 --what coco -o ./found") { run, name, what, images, output, checkpoint, size, home };
        command.Validators.Add(result =>
        {
            var drawn = result.GetValue(images) is { Length: > 0 };
            if (drawn && result.GetValue(what) is { } asked and not Benchmarks.Attention)
            {
                result.AddError($"--what {asked} takes no --image: the head that was trained for the evaluation is not kept. Leave --image out to fetch the pictures of its test images.");
            }

            if (!drawn && result.GetValue(size) is not null)
            {
                result.AddError("--size goes with --image.");
            }
        });
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var asked = new SubNetworkReference(parsed.GetRequiredValue(run), parsed.GetRequiredValue(name), parsed.GetValue(checkpoint));
            var folder = Path.GetFullPath(parsed.GetRequiredValue(output));
            var target = HostTarget.Resolve(parsed.GetValue(home));
            if (parsed.GetValue(images) is { Length: > 0 } files)
            {
                await AttentionDrawing.DrawAsync(context, target, asked, files, parsed.GetValue(size), folder, cancellationToken).ConfigureAwait(false);
            }
            else
            {
                await StoredPictures.FetchAsync(context, target, asked, parsed.GetRequiredValue(what), folder, cancellationToken).ConfigureAwait(false);
            }

            return ExitCodes.Success;
        });
        return command;
    }
}
