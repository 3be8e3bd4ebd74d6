using Poa.Data.Imaging;
using Poa.Elastic;

namespace Poa.Data.Scenes;

/// <summary>
/// Composes scenes: a ground, and objects one before the other. A pixel belongs to the nearest object that is solid there. Scenes are a
/// function of recipe, split and number. Holds scratch memory: one instance per thread.
/// </summary>
internal sealed class SceneComposer(SceneRecipe recipe, CutoutLibrary library)
{
    /// <summary>Tries to find a place for an object before it is given up.</summary>
    private const int Attempts = 20;

    /// <summary>Part of an object's side that may lie beyond the border: 1 / this.</summary>
    private const int Overhang = 5;

    private readonly BicubicResampler resampler = new();

    /// <param name="split">Decides which photographs are used.</param>
    /// <param name="number">Number of the scene in its split, from 0.</param>
    public Scene Compose(SceneSplit split, int number)
    {
        var random = Randomness.For(recipe.Seed, RandomPurpose.Scenes, (int)split, number);
        var pixels = new byte[recipe.Width * recipe.Height * RgbImage.BytesPerPixel];
        var textures = new int[recipe.Width * recipe.Height];
        Ground.Paint(pixels, textures, recipe.Width, library.IsGrey, random);

        var stage = new SceneStage(recipe.Width, recipe.Height, recipe.MinVisible);
        var wanted = random.NextInt32(recipe.MinObjects, recipe.MaxObjects + 1);
        for (var i = 0; i < wanted; i++)
        {
            Place(library.Of(split), stage, pixels, random);
        }

        var owners = stage.Owners;
        var labels = new byte[owners.Length];
        for (var at = 0; at < owners.Length; at++)
        {
            labels[at] = SceneLabels.Of(library.Categories.Count, owners[at] < 0 ? null : stage.CategoryOf(owners[at]), textures[at]);
        }

        return new(new(recipe.Width, recipe.Height, pixels), owners, labels, stage.Objects());
    }

    private void Place(IReadOnlyList<IReadOnlyList<Cutout>> cutouts, SceneStage stage, byte[] pixels, RandomStream random)
    {
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            var category = cutouts[random.NextInt32(cutouts.Count)];
            var cutout = category[random.NextInt32(category.Count)].Resized(random.NextInt32(recipe.MinSide, recipe.MaxSide + 1), resampler);
            var sprite = new Sprite(cutout, random.NextBool());
            var (x, y) = (Position(recipe.Width, sprite.Width), Position(recipe.Height, sprite.Height));
            if (stage.TryAdd(sprite, x, y))
            {
                sprite.Draw(pixels, recipe.Width, recipe.Height, x, y);
                return;
            }
        }

        int Position(int scene, int length) => random.NextInt32(-(length / Overhang), scene - length + (length / Overhang) + 1);
    }
}
