namespace Poa.Training.Optimisation;

/// <summary>How the schedules act on one parameter.</summary>
/// <param name="LearningRateMultiplier">Factor on the scheduled learning rate: layer-wise decay times the patch-embedding factor.</param>
/// <param name="WeightDecayMultiplier">Factor on the scheduled weight decay: 0 or 1.</param>
/// <param name="IsLastLayer">The parameter belongs to a prototype layer and follows the last-layer learning rate, which is 0 in the first epochs.</param>
public readonly record struct ParameterGroup(double LearningRateMultiplier, double WeightDecayMultiplier, bool IsLastLayer)
{
    /// <summary>The group of a parameter, by the rules of the authors' code (which go by parts of the state-dict name).</summary>
    /// <param name="name">Key in the module's own state dict, such as <c>blocks.3.attn.qkv.linear.weight</c>.</param>
    /// <param name="blocks">Transformer blocks of the intact backbone; 0 for a projection head, which has no layer-wise decay.</param>
    /// <param name="layerwiseDecay">Decay per layer counted from the output, <c>optim.layerwise_decay</c>.</param>
    /// <param name="patchEmbedMultiplier">Extra factor on the patch embedding, <c>optim.patch_embed_lr_mult</c>.</param>
    public static ParameterGroup Of(string name, int blocks, double layerwiseDecay, double patchEmbedMultiplier)
    {
        var multiplier = Math.Pow(layerwiseDecay, blocks + 1 - LayerOf(name, blocks));
        if (name.Contains("patch_embed", StringComparison.Ordinal))
        {
            multiplier *= patchEmbedMultiplier;
        }

        var decays = !name.EndsWith(".bias", StringComparison.Ordinal)
            && !name.Contains("norm", StringComparison.Ordinal)
            && !name.Contains("gamma", StringComparison.Ordinal);
        return new(multiplier, decays ? 1 : 0, name.Contains("last_layer", StringComparison.Ordinal));
    }

    // Tokens and embeddings are layer 0, block i is layer i + 1, everything after the blocks is layer blocks + 1.
    private static int LayerOf(string name, int blocks)
    {
        if (blocks == 0)
        {
            return 1;
        }

        if (InputNames.Any(part => name.Contains(part, StringComparison.Ordinal)))
        {
            return 0;
        }

        var at = name.IndexOf("blocks.", StringComparison.Ordinal);
        return at < 0 ? blocks + 1 : int.Parse(name.AsSpan(at).ToString().Split('.')[1], System.Globalization.CultureInfo.InvariantCulture) + 1;
    }

    private static readonly string[] InputNames = ["pos_embed", "patch_embed", "mask_token", "cls_token"];
}
