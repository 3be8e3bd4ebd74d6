using Poa.Elastic;
using Poa.Evaluation.Dense;
using Poa.Evaluation.Dense.Backbones;
using Poa.Networks;
using Poa.Testing;
using static TorchSharp.torch;

namespace Poa.Evaluation.Tests.Dense;

/// <summary>Pyramid and neck with the golden weights; tolerance 1e-4 as in the manifest.</summary>
[Trait("Category", Golden.Trait)]
public sealed class FeatureMapGoldenTests
{
    private const double Tolerance = 1e-4;
    private const int Maps = 4;

    [Fact]
    public void Pyramid_GoldenTokens_GivesTheGoldenMaps()
    {
        using var scope = NewDisposeScope();
        using var file = DenseTesting.Golden("heads/heads.safetensors");

        var maps = Pyramid(file);

        for (var i = 0; i < Maps; i++)
        {
            DenseTesting.AssertClose(file.Read($"vit_map.{i}"), maps[i], Tolerance, $"map {i}");
        }
    }

    [Fact]
    public void Neck_GoldenMaps_GivesTheGoldenLevels()
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        using var file = DenseTesting.Golden("heads/heads.safetensors");
        var settings = GoldenDownstream.Json("heads/heads.json");
        var levels = settings.GetProperty("shapes").EnumerateObject().Count(s => s.Name.StartsWith("fpn_out.", StringComparison.Ordinal));
        var dim = settings.GetProperty("embed_dim").GetInt32();
        using var neck = new FeaturePyramid(
            [.. Enumerable.Repeat(dim, Maps)], settings.GetProperty("channels").GetInt32(), new Initialisation(1, RandomPurpose.Testing, 0, CPU), levels);
        StateDictionary.Load(neck, DenseTesting.Weights(file, "w.neck."), "golden");

        var outputs = neck.Forward([.. Enumerable.Range(0, Maps).Select(i => file.Read($"vit_map.{i}"))]);

        Assert.Equal(levels, outputs.Count);
        for (var i = 0; i < levels; i++)
        {
            DenseTesting.AssertClose(file.Read($"fpn_out.{i}"), outputs[i], Tolerance, $"level {i}");
        }
    }

    /// <summary>The four maps of the golden tokens.</summary>
    internal static IReadOnlyList<Tensor> Pyramid(SafetensorsFile file)
    {
        using var noGrad = no_grad();
        var dim = GoldenDownstream.Json("heads/heads.json").GetProperty("embed_dim").GetInt32();
        var pyramid = new TokenPyramid(dim, patchSize: 16, new Initialisation(1, RandomPurpose.Testing, 0, CPU));
        StateDictionary.Load(pyramid.Fpn1, DenseTesting.Weights(file, "w.backbone.fpn1."), "golden");
        StateDictionary.Load(pyramid.Fpn2!, DenseTesting.Weights(file, "w.backbone.fpn2."), "golden");
        pyramid.Fpn1.eval();
        return pyramid.Forward([.. Enumerable.Range(0, Maps).Select(i => file.Read($"token_map.{i}"))]);
    }
}
