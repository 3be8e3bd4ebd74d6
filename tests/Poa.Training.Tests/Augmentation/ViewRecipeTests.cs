using System.Text.Json;
using Poa.Data.Imaging;
using Poa.Elastic;
using Poa.Testing;
using Poa.Training.Augmentation;
using Xunit;

namespace Poa.Training.Tests.Augmentation;

public sealed class ViewRecipeTests
{
    private const int Draws = 20_000;
    private static readonly PoaConfiguration Configuration = new();

    [Fact]
    [Trait("Category", Golden.Trait)]
    public void Recipes_DefaultConfiguration_AreTheGoldenFacts()
    {
        var facts = Golden.Json("augmentation.json");
        var configuration = GoldenCrops(facts);
        var crop = facts.GetProperty("random_resized_crop");
        var jitter = facts.GetProperty("color_jitter");
        var blur = facts.GetProperty("gaussian_blur");
        Assert.Equal(RandomCrop.Attempts, crop.GetProperty("attempts_before_centre_crop_fallback").GetInt32());
        foreach (var (recipe, view, side, scale) in new[]
        {
            (ViewRecipe.FirstGlobal(configuration), "global_1", "global_size", "global_scale"),
            (ViewRecipe.SecondGlobal(configuration), "global_2", "global_size", "global_scale"),
            (ViewRecipe.Local(configuration), "local", "local_size", "local_scale"),
        })
        {
            Assert.Equal(crop.GetProperty(side).GetInt32(), recipe.Size);
            Assert.Equal(Pair(crop.GetProperty(scale)), recipe.Scale);
            Assert.Equal(Pair(crop.GetProperty("aspect_ratio_range")), recipe.AspectRatio);
            Assert.Equal(facts.GetProperty("horizontal_flip_p").GetDouble(), recipe.FlipProbability);
            Assert.Equal(jitter.GetProperty("p").GetDouble(), recipe.JitterProbability);
            Assert.Equal(facts.GetProperty("grayscale_p").GetDouble(), recipe.GrayscaleProbability);
            Assert.Equal(blur.GetProperty("effective_p").GetProperty(view).GetDouble(), recipe.BlurProbability);
            Assert.Equal(blur.GetProperty("kernel_size").GetInt32(), recipe.BlurKernelSize);
            Assert.Equal(Pair(blur.GetProperty("sigma_range_uniform")), recipe.BlurSigma);
            Assert.Equal(view == "global_2" ? facts.GetProperty("solarize").GetProperty("p").GetDouble() : 0, recipe.SolarizeProbability);
            Assert.Equal(facts.GetProperty("solarize").GetProperty("threshold").GetInt32(), recipe.SolarizeThreshold);
        }
    }

    [Fact]
    [Trait("Category", Golden.Trait)]
    public void Draw_ManyViews_AppliesEachOperationAtTheGoldenRateAndRange()
    {
        var facts = Golden.Json("augmentation.json");
        var configuration = GoldenCrops(facts);
        foreach (var (recipe, view) in new[]
        {
            (ViewRecipe.FirstGlobal(configuration), "global_1"),
            (ViewRecipe.SecondGlobal(configuration), "global_2"),
            (ViewRecipe.Local(configuration), "local"),
        })
        {
            var drawn = Draw(recipe, 500, 375);
            AssertRate(facts.GetProperty("horizontal_flip_p").GetDouble(), drawn, v => v.Flip);
            AssertRate(facts.GetProperty("color_jitter").GetProperty("p").GetDouble(), drawn, v => v.Jitter is not null);
            AssertRate(facts.GetProperty("grayscale_p").GetDouble(), drawn, v => v.Grayscale);
            AssertRate(facts.GetProperty("gaussian_blur").GetProperty("effective_p").GetProperty(view).GetDouble(), drawn, v => v.BlurSigma is not null);
            AssertRate(view == "global_2" ? facts.GetProperty("solarize").GetProperty("p").GetDouble() : 0, drawn, v => v.Solarize);

            var ranges = facts.GetProperty("color_jitter").GetProperty("factor_ranges");
            var jitters = drawn.Where(v => v.Jitter is not null).Select(v => v.Jitter!.Value).ToList();
            AssertUniform(Pair(ranges.GetProperty("brightness")), jitters.Select(j => j.Brightness));
            AssertUniform(Pair(ranges.GetProperty("contrast")), jitters.Select(j => j.Contrast));
            AssertUniform(Pair(ranges.GetProperty("saturation")), jitters.Select(j => j.Saturation));
            AssertUniform(Pair(ranges.GetProperty("hue")), jitters.Select(j => j.Hue));
            if (recipe.BlurProbability > 0)
            {
                AssertUniform(Pair(facts.GetProperty("gaussian_blur").GetProperty("sigma_range_uniform")), drawn.Where(v => v.BlurSigma is not null).Select(v => v.BlurSigma!.Value));
            }
        }
    }

    [Fact]
    [Trait("Category", Golden.Trait)]
    public void Render_GoldenSizes_GivesTheGoldenShapesAndOrder()
    {
        var facts = Golden.Json("augmentation.json");
        var configuration = GoldenCrops(facts);
        var shapes = facts.GetProperty("output_shapes");
        foreach (var (recipe, shape) in shapes.GetProperty("global_crops").EnumerateArray().Select(s => (ViewRecipe.SecondGlobal(configuration), s))
            .Concat(shapes.GetProperty("local_crops").EnumerateArray().Select(s => (ViewRecipe.Local(configuration), s))))
        {
            Assert.Equal([3, recipe.Size, recipe.Size], shape.EnumerateArray().Select(e => e.GetInt32()));
        }

        Assert.Equal(configuration.Crops.LocalCropsNumber, shapes.GetProperty("local_crops").GetArrayLength());

        // The stated order, done by hand: blur before solarise, grey after jitter, the flip before all of them.
        string[] order = [.. facts.GetProperty("order_of_operations").EnumerateArray().Select(e => e.GetString()!.Split(' ')[0])];
        Assert.Equal(["random", "horizontal", "colour", "random", "gaussian", "solarize", "to", "normalise"], order);
        var image = Noise(60, 40);
        var local = ViewRecipe.Local(configuration) with { Size = 24 };
        var view = new ViewParameters(new PixelBox(5, 6, 30, 28), true, new ColorJitter(1.3, 0.7, 1.2, 0.05, ColorJitter.Pack([ColorAdjustment.Hue, ColorAdjustment.Contrast, ColorAdjustment.Brightness, ColorAdjustment.Saturation])), true, 1.5, true);
        var actual = new float[3 * 24 * 24];
        new ViewRenderer().Render(image, local, view, Normalisation.ImageNet, actual);

        var pixels = new byte[24 * 24 * 4];
        new BicubicResampler().Resize(image, view.Crop, 24, 24, pixels);
        HorizontalFlip.Apply(pixels, 24);
        HueRotation.Apply(pixels, 0.05);
        ColorOperations.Contrast(pixels, 0.7);
        ColorOperations.Brightness(pixels, 1.3);
        ColorOperations.Saturation(pixels, 1.2);
        ColorOperations.Grayscale(pixels);
        new GaussianBlur().Apply(pixels, 24, local.BlurKernelSize, 1.5);
        ColorOperations.Solarize(pixels, facts.GetProperty("solarize").GetProperty("threshold").GetInt32());
        var expected = new float[actual.Length];
        Normalisation.ImageNet.Apply(pixels, expected);
        Assert.Equal(expected, actual);
    }

    [Fact]
    public void Draw_JitterOrder_IsEveryPermutationEquallyOften()
    {
        var recipe = ViewRecipe.Local(Configuration) with { JitterProbability = 1 };
        var orders = Draw(recipe, 100, 100).CountBy(v => v.Jitter!.Value.Order).ToDictionary();
        Assert.Equal(24, orders.Count);
        var expected = Draws / 24.0;
        Assert.All(orders.Values, n => Assert.InRange(n, expected - (5 * Math.Sqrt(expected)), expected + (5 * Math.Sqrt(expected))));
    }

    [Theory]
    [InlineData(500, 375)]
    [InlineData(28, 28)]
    [InlineData(64, 200)]
    public void Draw_Crops_LieInsideWithTheWantedAreaAndAspect(int width, int height)
    {
        var recipe = ViewRecipe.Local(Configuration);
        foreach (var view in Draw(recipe, width, height))
        {
            var crop = view.Crop;
            Assert.True(crop.X >= 0 && crop.Y >= 0 && crop.X + crop.Width <= width && crop.Y + crop.Height <= height);

            // Sides are rounded to whole pixels: half a pixel either way.
            Assert.True((crop.Width - 0.5) * (crop.Height - 0.5) <= recipe.Scale.Max * width * height);
            Assert.True((crop.Width + 0.5) * (crop.Height + 0.5) >= recipe.Scale.Min * width * height);
            Assert.True((crop.Width - 0.5) / (crop.Height + 0.5) <= recipe.AspectRatio.Max + 1e-9);
            Assert.True((crop.Width + 0.5) / (crop.Height - 0.5) >= recipe.AspectRatio.Min - 1e-9);
        }
    }

    [Theory]
    [InlineData(1000, 10, 493, 0, 13, 10)]
    [InlineData(10, 1000, 0, 493, 10, 13)]
    public void Draw_NoCropFits_TakesTheCentre(int width, int height, int x, int y, int w, int h)
    {
        var recipe = ViewRecipe.FirstGlobal(Configuration) with { Scale = new Interval(0.9, 1) };
        Assert.All(Draw(recipe, width, height).Take(100), v => Assert.Equal(new PixelBox(x, y, w, h), v.Crop));
    }

    [Fact]
    public void Draw_UniformScale_HasTheUniformMeanWhereEveryCropFits()
    {
        // Areas up to a third always fit a square image, so no draw is rejected.
        var areas = Draw(ViewRecipe.Local(Configuration), 1000, 1000).Select(v => v.Crop.Width * (double)v.Crop.Height / 1e6).ToList();
        var (least, greatest) = (Configuration.Crops.LocalCropsScale.Min, Configuration.Crops.LocalCropsScale.Max);
        Assert.Equal((least + greatest) / 2, areas.Average(), 4 * (greatest - least) / Math.Sqrt(12 * Draws));
        var logAspects = Draw(ViewRecipe.Local(Configuration), 1000, 1000).Select(v => Math.Log(v.Crop.Width / (double)v.Crop.Height));
        Assert.Equal(0, logAspects.Average(), 4 * 2 * Math.Log(4 / 3.0) / Math.Sqrt(12 * Draws));
    }

    /// <summary>Crop sizes and scales are settings and come from the file; everything else must be right by default.</summary>
    private static PoaConfiguration GoldenCrops(JsonElement facts)
    {
        var crop = facts.GetProperty("random_resized_crop");
        return Configuration with
        {
            Crops = new CropsOptions
            {
                GlobalCropsScale = Pair(crop.GetProperty("global_scale")),
                LocalCropsScale = Pair(crop.GetProperty("local_scale")),
                GlobalCropsSize = crop.GetProperty("global_size").GetInt32(),
                LocalCropsSize = crop.GetProperty("local_size").GetInt32(),
                LocalCropsNumber = crop.GetProperty("local_crops").GetInt32(),
            },
        };
    }

    private static List<ViewParameters> Draw(ViewRecipe recipe, int width, int height) =>
        [.. Enumerable.Range(0, Draws).Select(i => recipe.Draw(Randomness.For(3, RandomPurpose.Testing, 0, i), width, height))];

    private static Interval Pair(JsonElement pair) => new(pair[0].GetDouble(), pair[1].GetDouble());

    private static void AssertRate(double p, List<ViewParameters> drawn, Func<ViewParameters, bool> applied)
    {
        var rate = drawn.Count(applied) / (double)drawn.Count;
        Assert.InRange(rate, p - (4 * Math.Sqrt(p * (1 - p) / drawn.Count)), p + (4 * Math.Sqrt(p * (1 - p) / drawn.Count)));
    }

    private static void AssertUniform(Interval range, IEnumerable<double> values)
    {
        var all = values.ToList();
        var width = range.Max - range.Min;
        Assert.All(all, v => Assert.InRange(v, range.Min - 1e-12, range.Max + 1e-12));
        Assert.Equal((range.Min + range.Max) / 2, all.Average(), 4 * width / Math.Sqrt(12.0 * all.Count));
        Assert.InRange(all.Max() - all.Min(), 0.99 * width, width + 1e-12);
    }

    private static RgbImage Noise(int width, int height)
    {
        var random = Randomness.For(1, RandomPurpose.Testing);
        var pixels = new byte[width * height * 4];
        for (var i = 0; i < pixels.Length; i++)
        {
            pixels[i] = (byte)random.NextInt32(256);
        }

        return new RgbImage(width, height, pixels);
    }
}
