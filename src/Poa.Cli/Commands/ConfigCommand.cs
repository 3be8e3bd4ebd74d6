using System.CommandLine;
using Poa.Cli.Rendering;
using Poa.Cli.Running;
using Poa.Elastic;

namespace Poa.Cli.Commands;

/// <summary><c>poa config</c>: the resolved configuration of a file or preset, or the reference of all keys.</summary>
internal static class ConfigCommand
{
    public static Command Create(CliContext context)
    {
        var (config, preset, overrides) = ConfigurationOptions();
        var json = CommonOptions.Json();
        var reference = new Option<bool>("--reference") { Description = "List every key with its type, default, range and meaning." };
        var family = new Option<ArchitectureFamily>("--family") { Description = "With --reference: whose keys and defaults." };
        var presets = new Option<bool>("--presets") { Description = "List the presets." };
        var command = new PoaCommand("config", "Prints the configuration that a file or preset resolves to: defaults, then the file, then key=value overrides.",
            "poa config --preset demo optim.epochs=10",
            "poa config --config my.yaml",
            "poa config --reference --family swin") { config, preset, overrides, reference, family, presets, json };
        command.SetAction(parsed =>
        {
            var asJson = parsed.GetValue(json);
            if (parsed.GetValue(presets))
            {
                context.Out.WriteLine(asJson ? Json.Text(ConfigurationPresets.Names) : string.Join(Environment.NewLine, ConfigurationPresets.Names));
            }
            else if (parsed.GetValue(reference))
            {
                PrintReference(context.Out, parsed.GetValue(family), asJson);
            }
            else
            {
                Print(context.Out, RunPlan.Configure(parsed.GetValue(config), parsed.GetValue(preset), parsed.GetValue(overrides) ?? []), asJson);
            }

            return ExitCodes.Success;
        });
        return command;
    }

    /// <summary>The three ways to say a configuration, worded as for <c>poa train</c>.</summary>
    public static (Option<string?> Config, Option<string?> Preset, Argument<string[]> Overrides) ConfigurationOptions() => (
        new Option<string?>("--config") { Description = "YAML file; the authors' own files are accepted as they are.", HelpName = "FILE" },
        new Option<string?>("--preset") { Description = $"One of: {string.Join(", ", ConfigurationPresets.Names)}.", HelpName = "NAME" },
        new Argument<string[]>("key=value")
        {
            Description = "Overrides, such as optim.epochs=10 or dino.head_n_prototypes=[512,1024].",
            Arity = ArgumentArity.ZeroOrMore,
        });

    private static void Print(TextWriter writer, PoaConfiguration configuration, bool json)
    {
        var grid = configuration.Grid();
        if (json)
        {
            writer.WriteLine(Json.Text(new
            {
                fingerprint = configuration.Fingerprint,
                subNetworks = grid.SubNetworks.Select(cell => cell.ToString()),
                iterations = configuration.TotalIterations,
                yaml = configuration.ToYaml(),
            }));
            return;
        }

        writer.WriteLine(string.Create(Formats.Plain,
            $"# {grid.SubNetworks.Count} sub-networks from {grid.Smallest} to {grid.Intact}, {configuration.TotalIterations} steps of {configuration.Train.BatchSizePerGpu} images"));
        writer.WriteLine($"# fingerprint {configuration.Fingerprint}");
        writer.Write(configuration.ToYaml());
    }

    private static void PrintReference(TextWriter writer, ArchitectureFamily family, bool json)
    {
        var keys = ConfigurationReference.For(family);
        if (json)
        {
            writer.WriteLine(Json.Text(keys));
            return;
        }

        foreach (var key in keys)
        {
            writer.WriteLine($"{key.Key}  ({key.Type}{(key.Range.Length > 0 ? $", {key.Range}" : "")}; default {key.Default})");
            writer.WriteLine($"    {key.Description}");
        }
    }
}
