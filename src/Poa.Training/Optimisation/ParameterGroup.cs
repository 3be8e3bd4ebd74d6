namespace Poa.Training.Optimisation;

/// <summary>How the schedules act on one parameter.</summary>
/// <param name="LearningRateMultiplier">Factor on the scheduled learning rate: layer-wise decay times the patch-embedding factor.</param>
/// <param name="WeightDecayMultiplier">Factor on the scheduled weight decay: 0 or 1.</param>
/// <param name="IsLastLayer">The parameter belongs to a prototype layer and follows the last-layer learning rate, which is 0 in the first epochs.</param>
public readonly record struct ParameterGroup(double LearningRateMultiplier, double WeightDecayMultiplier, bool IsLastLayer)
{
    /// <summary>The group of a parameter, by the rules of the authors' code (which go by parts of the state-dict name).</summary>
    /// <param name="name">Key in the module's own state dict, such as <c>blocks.3.attn.qkv.linear.weight</c>.</param>
    /// <param name="layers">How the module's layers are numbered.</param>
    /// <param name="layerwiseDecay">Decay per layer counted from the output, <c>optim.layerwise_decay</c>.</param>
    /// <param name="patchEmbedMultiplier">Extra factor on the patch embedding, <c>optim.patch_embed_lr_mult</c>.</param>
    public static ParameterGroup Of(string name, LayerNumbering layers, double layerwiseDecay, double patchEmbedMultiplier)
    {
        ArgumentNullException.ThrowIfNull(layers);
        var multiplier = Math.Pow(layerwiseDecay, layers.Top - layers.LayerOf(name));
        if (name.Contains("patch_embed", StringComparison.Ordinal))
        {
            multiplier *= patchEmbedMultiplier;
        }

        var decays = !name.EndsWith(".bias", StringComparison.Ordinal)
            && !name.Contains("norm", StringComparison.Ordinal)
            && !name.Contains("gamma", StringComparison.Ordinal);
        return new(multiplier, decays ? 1 : 0, name.Contains("last_layer", StringComparison.Ordinal));
    }
}
