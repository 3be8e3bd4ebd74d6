using System.Globalization;
using Poa.Elastic;

namespace Poa.Training.Optimisation;

/// <summary>
/// How the layers of a module are numbered for layer-wise decay, from the input to the output, by the rules of the authors' code (which go by parts
/// of the state-dict name). Blocks count as in the intact network.
/// </summary>
public sealed class LayerNumbering
{
    private static readonly string[] InputNames = ["pos_embed", "patch_embed", "mask_token", "cls_token"];

    private readonly Func<string, int> layerOf;

    private LayerNumbering(int top, Func<string, int> layerOf) => (Top, this.layerOf) = (top, layerOf);

    /// <summary>A module without layer-wise decay: a projection head.</summary>
    public static LayerNumbering None { get; } = new(0, static _ => 0);

    /// <summary>The last layer, whose learning rate is the scheduled one.</summary>
    public int Top { get; }

    /// <summary>The numbering of a configuration's backbone.</summary>
    public static LayerNumbering Of(PoaConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        return configuration.Student.Architecture switch
        {
            ArchitectureFamily.Swin => Swin(configuration.Student.MaxDepths),
            ArchitectureFamily.ResNet => ResNet(configuration.Student.MaxDepths),
            _ => ViT(configuration.Student.MaxDepth),
        };
    }

    /// <summary>A ViT: tokens and embeddings are layer 0, block i is layer i + 1, the final norm comes after the blocks.</summary>
    /// <param name="blocks">Blocks of the intact network.</param>
    public static LayerNumbering ViT(int blocks) => new(blocks + 1, name =>
    {
        if (IsInput(name))
        {
            return 0;
        }

        var at = name.IndexOf("blocks.", StringComparison.Ordinal);
        return at < 0 ? blocks + 1 : Number(name[at..], 1) + 1;
    });

    /// <summary>A Swin: as a ViT, with blocks counted through the stages; merging has the number of the block that follows it.</summary>
    /// <param name="depths">Blocks of each stage of the intact network.</param>
    public static LayerNumbering Swin(IReadOnlyList<int> depths) => new(depths.Sum() + 1, name =>
    {
        if (IsInput(name))
        {
            return 0;
        }

        if (!name.StartsWith("stages.", StringComparison.Ordinal))
        {
            return depths.Sum() + 1;
        }

        var stage = Number(name, 1);
        return name.Contains("downsample", StringComparison.Ordinal) ? depths.Take(stage + 1).Sum() + 1 : depths.Take(stage).Sum() + Number(name, 3) + 1;
    });

    /// <summary>A ResNet: the stem and the mask token are layer 0, blocks count from 1 through the stages, and the last is the top: nothing follows.</summary>
    /// <param name="depths">Blocks of each stage of the intact network.</param>
    public static LayerNumbering ResNet(IReadOnlyList<int> depths) => new(depths.Sum(), name =>
    {
        const string Stage = "layer";
        return name.StartsWith(Stage, StringComparison.Ordinal)
            ? depths.Take(Number(name[Stage.Length..], 0) - 1).Sum() + Number(name, 2) + 1
            : 0;
    });

    /// <summary>The layer of a parameter, in [0, <see cref="Top"/>].</summary>
    /// <param name="name">Key in the module's own state dict.</param>
    public int LayerOf(string name) => layerOf(name);

    private static bool IsInput(string name) => InputNames.Any(part => name.Contains(part, StringComparison.Ordinal));

    /// <summary>The part of a name between two dots, as a number.</summary>
    private static int Number(string name, int part) => int.Parse(name.Split('.')[part], CultureInfo.InvariantCulture);
}
