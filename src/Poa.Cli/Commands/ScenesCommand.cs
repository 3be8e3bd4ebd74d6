using System.CommandLine;
using Poa.Cli.Rendering;
using Poa.Data.Scenes;

namespace Poa.Cli.Commands;

/// <summary><c>poa scenes</c>: composes demo photographs into scenes with exact boxes, masks and label maps.</summary>
internal static class ScenesCommand
{
    private static readonly SceneRecipe Defaults = new();

    public static Command Create(CliContext context)
    {
        var output = new Option<string>("--output", "-o") { Description = "Folder to make; the sets are in its coco and ade20k.", HelpName = "FOLDER", Required = true };
        var count = Number("--count", "N", "Scenes to train on", Defaults.TrainScenes);
        var valCount = Number("--val-count", "N", "Scenes to evaluate on, of other photographs", Defaults.ValScenes);
        var seed = new Option<long>("--seed") { Description = "The same seed gives the same files.", HelpName = "N", DefaultValueFactory = _ => Defaults.Seed };
        var source = new Option<SceneSource>("--source")
        {
            Description = "fashion: the photographs that come with poa, grey. tuxpaint: colour pictures of Debian's package tuxpaint-stamps-default.",
            DefaultValueFactory = _ => Defaults.Source,
        };
        var stamps = new Option<string>("--stamps") { Description = "Where the pictures of tuxpaint are.", HelpName = "FOLDER", DefaultValueFactory = _ => Defaults.Stamps };
        var size = Number("--size", "PIXELS", "Side of a scene", Defaults.Width);
        var minSide = Number("--min-side", "PIXELS", "Least longer side of an object", Defaults.MinSide);
        var maxSide = Number("--max-side", "PIXELS", "Largest longer side of an object", Defaults.MaxSide);
        var objects = Number("--objects", "N", "Most objects in a scene", Defaults.MaxObjects);
        var json = CommonOptions.Json();
        var command = new PoaCommand("scenes", "Composes photographs into scenes with exact boxes, masks and label maps, in the layouts of COCO and ADE20K.",
            "poa scenes -o ./scenes",
            "poa scenes -o ./colour --source tuxpaint --count 1000 --seed 7") { output, count, valCount, seed, source, stamps, size, minSide, maxSide, objects, json };
        command.SetAction((parsed, cancellationToken) =>
        {
            var side = parsed.GetValue(size);
            var recipe = new SceneRecipe
            {
                Source = parsed.GetValue(source),
                Stamps = parsed.GetValue(stamps)!,
                Seed = parsed.GetValue(seed),
                TrainScenes = parsed.GetValue(count),
                ValScenes = parsed.GetValue(valCount),
                Width = side,
                Height = side,
                MinSide = parsed.GetValue(minSide),
                MaxSide = parsed.GetValue(maxSide),
                MaxObjects = parsed.GetValue(objects),
            };
            Print(context, SceneSet.Make(recipe, parsed.GetRequiredValue(output), cancellationToken: cancellationToken), parsed.GetValue(json));
            return Task.FromResult(ExitCodes.Success);
        });
        return command;
    }

    private static void Print(CliContext context, SceneSet set, bool json)
    {
        var (recipe, manifest) = (set.Manifest.Recipe, set.Manifest);
        if (json)
        {
            context.Out.WriteLine(Json.Text(new { set.Folder, set.CocoFolder, set.Ade20kFolder, set.WasThere, manifest.ContentSha256, manifest.Categories, manifest.Classes, recipe }));
            return;
        }

        context.Out.WriteLine(string.Create(Formats.Plain,
            $"{recipe.TrainScenes} scenes to train on, {recipe.ValScenes} to evaluate on, {recipe.Width} x {recipe.Height} pixels, {manifest.Categories.Count} categories{(set.WasThere ? " (they were there)" : "")}"));
        context.Out.WriteLine($"  COCO      {set.CocoFolder}");
        context.Out.WriteLine(string.Create(Formats.Plain, $"  ADE20K    {set.Ade20kFolder}  ({manifest.Classes.Count} classes: the categories and {manifest.Classes.Count - manifest.Categories.Count} textures)"));
        context.Out.WriteLine($"  content   sha256 {manifest.ContentSha256}");
    }

    private static Option<int> Number(string name, string help, string description, int preset) =>
        new(name) { Description = description + ".", HelpName = help, DefaultValueFactory = _ => preset };
}
