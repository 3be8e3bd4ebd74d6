using System.Text.Json;
using Poa.Testing;
using Poa.Training.Optimisation;
using Xunit;

namespace Poa.Training.Tests.Optimisation;

public sealed class ParameterGroupTests
{
    [Fact]
    [Trait("Category", Golden.Trait)]
    public void Of_EveryGoldenParameter_AgreesWithReference()
    {
        var compared = new HashSet<string>();
        foreach (var @case in Golden.Json("param_groups.json").GetProperty("cases").EnumerateArray())
        {
            var decay = @case.GetProperty("layerwise_decay").GetDouble();
            var patchEmbed = @case.GetProperty("patch_embed_lr_mult").GetDouble();
            foreach (var module in @case.EnumerateObject().Where(p => p.Name == "backbone" || p.Name.EndsWith("_head", StringComparison.Ordinal)))
            {
                var layers = module.Name == "backbone" ? NumberingOf(@case) : LayerNumbering.None;
                foreach (var parameter in module.Value.EnumerateObject().Where(p => p.Value.TryGetProperty("lr_multiplier", out _)))
                {
                    var group = ParameterGroup.Of(parameter.Name, layers, decay, patchEmbed);
                    var expected = parameter.Value.GetProperty("lr_multiplier").GetDouble();
                    Assert.True(Math.Abs(group.LearningRateMultiplier - expected) <= 1e-12 * expected, $"{parameter.Name}: {group.LearningRateMultiplier} instead of {expected}");
                    Assert.Equal(parameter.Value.GetProperty("wd_multiplier").GetDouble(), group.WeightDecayMultiplier);
                    Assert.Equal(parameter.Value.GetProperty("is_last_layer").GetBoolean(), group.IsLastLayer);
                    compared.Add(@case.GetProperty("arch").GetString()!);
                }
            }
        }

        Assert.Equal(["resnet", "swin", "vit"], compared.Order(StringComparer.Ordinal));
    }

    private static LayerNumbering NumberingOf(JsonElement @case)
    {
        var model = @case.GetProperty("model");
        return @case.GetProperty("arch").GetString() switch
        {
            "vit" => LayerNumbering.ViT(model.GetProperty("max_depth").GetInt32()),
            "swin" => LayerNumbering.Swin(Depths()),
            _ => LayerNumbering.ResNet(Depths()),
        };

        int[] Depths() => [.. model.GetProperty("max_depths").EnumerateArray().Select(depth => depth.GetInt32())];
    }
}
