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
        var (config, preset, recipe, overrides) = ConfigurationOptions();
        var json = CommonOptions.Json();
        var reference = new Option<bool>("--reference") { Description = "List every key with its type, default, range and meaning." };
        var family = new Option<ArchitectureFamily>("--family") { Description = "With --reference: whose keys and defaults." };
        var presets = new Option<bool>("--presets") { Description = "List the presets." };
        var recipes = new Option<bool>("--recipes") { Description = "List the recipes." };
        var command = new PoaCommand("config", "Prints the configuration that a file or preset resolves to: defaults, then the file, then the recipe, then key=value overrides.",
            "poa config --preset demo optim.epochs=10",
            "poa config --preset demo --recipe dino",
            "poa config --config my.yaml",
            "poa config --reference --family swin") { config, preset, recipe, overrides, reference, family, presets, recipes, json };
        command.SetAction(parsed =>
        {
            var asJson = parsed.GetValue(json);
            if (parsed.GetValue(presets))
            {
                PrintNames(context.Out, ConfigurationPresets.Names, asJson);
            }
            else if (parsed.GetValue(recipes))
            {
                PrintNames(context.Out, ConfigurationRecipes.Names, asJson);
            }
            else if (parsed.GetValue(reference))
            {
                PrintReference(context.Out, parsed.GetValue(family), asJson);
            }
            else
            {
                Print(context.Out, RunPlan.Configure(parsed.GetValue(config), parsed.GetValue(preset), parsed.GetValue(overrides) ?? [], parsed.GetValue(recipe)), asJson);
            }

            return ExitCodes.Success;
        });
        return command;
    }

    /// <summary>What a configuration is said by, worded as for <c>poa train</c>.</summary>
    public static (Option<string?> Config, Option<string?> Preset, Option<string?> Recipe, Argument<string[]> Overrides) ConfigurationOptions() => (
        new Option<string?>("--config") { Description = "YAML file; the authors' own files are accepted as they are.", HelpName = "FILE" },
        new Option<string?>("--preset") { Description = $"One of: {string.Join(", ", ConfigurationPresets.Names)}.", HelpName = "NAME" },
        new Option<string?>("--recipe") { Description = $"Method of pre-training, over file or preset: its switches (docs/recipes.md). One of: {string.Join(", ", ConfigurationRecipes.Names)}.", HelpName = "NAME" },
        new Argument<string[]>("key=value")
        {
            Description = "Overrides, such as optim.epochs=10 or dino.head_n_prototypes=[512,1024].",
            Arity = ArgumentArity.ZeroOrMore,
        });

    private static void PrintNames(TextWriter writer, IReadOnlyList<string> names, bool json) =>
        writer.WriteLine(json ? Json.Text(names) : string.Join(Environment.NewLine, names));

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
