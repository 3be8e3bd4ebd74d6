using System.CommandLine;
using Poa.Cli.Hosting;
using Poa.Cli.Rendering;
using Poa.Cli.Running;
using Poa.Elastic;
using Poa.Networks;

namespace Poa.Cli.Commands;

/// <summary><c>poa weights</c>: published weights that a run can start from.</summary>
internal static class WeightsCommand
{
    public static Command Create(CliContext context) => new PoaCommand(
        "weights", "Looks at published weights (safetensors files of timm or DINOv2) that a run is to start from, and stores them.",
        "poa weights inspect dinov2_vits14.safetensors --preset vit-ee1200", "poa weights upload vit_large_patch16_224.safetensors")
    {
        Inspect(context),
        Upload(context),
    };

    private static PoaCommand Inspect(CliContext context)
    {
        var (config, preset, recipe, overrides) = ConfigCommand.ConfigurationOptions();
        var (file, json) = (File(), CommonOptions.Json());
        var command = new PoaCommand("inspect", "Says what would become of every tensor of a file: used, resized, ignored, refused with the reason. Starts nothing.",
            "poa weights inspect vit_large_patch16_224.safetensors --preset vit-ee1200",
            "poa weights inspect dinov2_vitl14.safetensors --preset vit-ee1200 student.patch_size=14 crops.local_crops_size=98") { file, config, preset, recipe, overrides, json };
        command.SetAction(parsed =>
        {
            var configuration = RunPlan.Configure(parsed.GetValue(config), parsed.GetValue(preset), parsed.GetValue(overrides) ?? [], parsed.GetValue(recipe));
            if (configuration.Student.Architecture != ArchitectureFamily.Vit)
            {
                throw new CliException("Only vision transformers can start from published weights.", "Choose a configuration of a vision transformer.", ExitCodes.Usage);
            }

            var report = PublishedWeights.Inspect(parsed.GetRequiredValue(file), configuration.ViTArchitecture());
            if (parsed.GetValue(json))
            {
                context.Out.WriteLine(Json.Text(report));
            }
            else
            {
                RunCommands.PrintLines(context, Lines(report));
            }

            return report.Fits ? ExitCodes.Success : ExitCodes.Usage;
        });
        return command;
    }

    private static PoaCommand Upload(CliContext context)
    {
        var (file, home, json) = (File(), CommonOptions.Home(), CommonOptions.Json());
        var command = new PoaCommand("upload", "Puts a file into the store, where every worker finds it, and prints its name for MODEL.WEIGHTS.",
            "poa weights upload vit_large_patch16_224.safetensors") { file, home, json };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var path = parsed.GetRequiredValue(file);
            using (PublishedWeights.Open(path))
            {
                // What is no weight file is refused before a host is asked.
            }

            await using var connection = await PoaConnection.OpenAsync(HostTarget.Resolve(parsed.GetValue(home)), HostNeed.State, cancellationToken).ConfigureAwait(false);
            var name = await connection.Client.Weights.UploadAsync(path, cancellationToken).ConfigureAwait(false);
            context.Out.WriteLine(parsed.GetValue(json) ? Json.Text(new { weights = name }) : $"MODEL.WEIGHTS={name}");
            return ExitCodes.Success;
        });
        return command;
    }

    private static IEnumerable<string> Lines(WeightReport report)
    {
        var table = new TextTable(new TextColumn("Tensor"), new TextColumn("Fate"), new TextColumn("Note"));
        foreach (var entry in report.Entries)
        {
            table.Row(entry.Name, entry.Fate.ToString().ToLowerInvariant(), entry.Note);
        }

        return [.. table.Lines(), "", report.Summary(), report.Fits ? "The network can start from this file." : $"The network cannot start from this file. {string.Join(" ", report.Faults)}"];
    }

    private static Argument<string> File() => new("FILE") { Description = "A safetensors file." };
}
