using Poa.Evaluation.Dense.Backbones;
using static TorchSharp.torch;

namespace Poa.Evaluation.Dense.Optimisation;

/// <summary>How the parameters of a dense task are grouped for AdamW.</summary>
public sealed record LayerDecay
{
    /// <summary>Where a task keeps its backbone: parameters of that prefix belong to it.</summary>
    public const string BackbonePrefix = "backbone.";

    /// <summary>Learning rate of the heads.</summary>
    public required double LearningRate { get; init; }

    /// <summary>Weight decay.</summary>
    public double WeightDecay { get; init; } = 0.05;

    /// <summary>
    /// Factor per layer counted from the heads, rate^(L + 1 - layer); null for a plain AdamW: one learning rate, and weight decay for every
    /// parameter, biases too, as the reference trains its linear head.
    /// </summary>
    public double? Rate { get; init; }

    /// <summary>
    /// Whether class token and position embedding have weight decay. They do in the reference, against its intent: its exemption compares
    /// their bare names with names that begin with <c>backbone.</c>
    /// </summary>
    public bool DecaysTokens { get; init; } = true;

    /// <summary>The trainable parameters in groups, in the order in which they first occur.</summary>
    /// <param name="network">The whole network.</param>
    /// <param name="backbone">Its backbone, held in a field of the name <c>backbone</c>.</param>
    public IReadOnlyList<ParameterGroup> Groups(nn.Module network, DenseBackbone backbone)
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(backbone);
        return
        [
            .. network.named_parameters()
                .Where(p => p.parameter.requires_grad)
                .GroupBy(p => Of(p.name, (int)p.parameter.dim(), backbone))
                .Select(g => new ParameterGroup(g.Key.Name, g.Key.LearningRate, g.Key.WeightDecay, [.. g.Select(p => KeyValuePair.Create(p.name, p.parameter))])),
        ];
    }

    /// <summary>The group of one parameter.</summary>
    /// <param name="name">Name in the whole network.</param>
    /// <param name="dimensions">Its number of dimensions.</param>
    /// <param name="backbone">The backbone.</param>
    internal (string Name, double LearningRate, double WeightDecay) Of(string name, int dimensions, DenseBackbone backbone)
    {
        if (Rate is not { } rate)
        {
            return ("all", LearningRate, WeightDecay);
        }

        var own = name.StartsWith(BackbonePrefix, StringComparison.Ordinal) ? name[BackbonePrefix.Length..] : null;
        var layer = own is null ? backbone.Layers + 1 : backbone.LayerOf(own);
        var isExempt = dimensions == 1
            || name.EndsWith(".bias", StringComparison.Ordinal)
            || (!DecaysTokens && own is "cls_token" or "pos_embed");
        var learningRate = LearningRate * Math.Pow(rate, backbone.Layers + 1 - layer);
        return ($"layer_{layer}_{(isExempt ? "no_decay" : "decay")}", learningRate, isExempt ? 0 : WeightDecay);
    }
}
