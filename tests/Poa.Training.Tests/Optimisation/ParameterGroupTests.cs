using Poa.Testing;
using Poa.Training.Optimisation;
using Xunit;

namespace Poa.Training.Tests.Optimisation;

public sealed class ParameterGroupTests
{
    [Fact]
    [Trait("Category", Golden.Trait)]
    public void Of_ViTCases_AgreeWithReference()
    {
        var compared = 0;
        foreach (var @case in Golden.Json("param_groups.json").GetProperty("cases").EnumerateArray())
        {
            if (@case.GetProperty("arch").GetString() != "vit")
            {
                continue; // the convolutional families count their layers differently
            }

            var decay = @case.GetProperty("layerwise_decay").GetDouble();
            var patchEmbed = @case.GetProperty("patch_embed_lr_mult").GetDouble();
            foreach (var module in @case.EnumerateObject().Where(p => p.Name == "backbone" || p.Name.EndsWith("_head", StringComparison.Ordinal)))
            {
                var blocks = module.Name == "backbone" ? @case.GetProperty("model").GetProperty("max_depth").GetInt32() : 0;
                foreach (var parameter in module.Value.EnumerateObject().Where(p => p.Value.TryGetProperty("lr_multiplier", out _)))
                {
                    var group = ParameterGroup.Of(parameter.Name, blocks, decay, patchEmbed);
                    var expected = parameter.Value.GetProperty("lr_multiplier").GetDouble();
                    Assert.True(Math.Abs(group.LearningRateMultiplier - expected) <= 1e-12 * expected, $"{parameter.Name}: {group.LearningRateMultiplier} instead of {expected}");
                    Assert.Equal(parameter.Value.GetProperty("wd_multiplier").GetDouble(), group.WeightDecayMultiplier);
                    Assert.Equal(parameter.Value.GetProperty("is_last_layer").GetBoolean(), group.IsLastLayer);
                    compared++;
                }
            }
        }

        Assert.True(compared > 0, $"{Golden.Folder} has no ViT parameters to compare.");
    }
}
