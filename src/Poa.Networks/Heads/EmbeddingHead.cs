using Poa.Elastic;
using static TorchSharp.torch;

namespace Poa.Networks;

/// <summary>An MLP of two layers with the exact GELU between, and L2 normalisation: maps features to embeddings that are compared by their cosine.</summary>
public sealed class EmbeddingHead : nn.Module
{
    // Beside the heads of class tokens and of patch tokens.
    private const int Module = 2;
    private const int Layers = 2;

    private readonly ProjectionMlp _mlp;

    /// <summary>Creates a head with the initial distributions of <see cref="MultiPrototypeHead"/>.</summary>
    /// <param name="inWidth">Channels of the features.</param>
    /// <param name="hidden">Hidden width.</param>
    /// <param name="width">Channels of the embeddings.</param>
    /// <param name="seed">Initial weights are a function of this and the sizes.</param>
    /// <param name="device">Where the parameters lie; CPU by default.</param>
    public EmbeddingHead(int inWidth, int hidden, int width, long seed, Device? device = null)
        : base(nameof(EmbeddingHead))
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(inWidth);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(hidden);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(width);
        _mlp = new ProjectionMlp(inWidth, hidden, width, Layers, new Initialisation(seed, RandomPurpose.HeadInitialisation, Module, device ?? CPU), isScaled: true);
        register_module("mlp", _mlp.Root);
    }

    /// <summary>Embeddings of length 1.</summary>
    /// <param name="x_BD">Features.</param>
    /// <returns>[B, E]</returns>
    public Tensor Forward(Tensor x_BD)
    {
        using var scope = NewDisposeScope();
        return nn.functional.normalize(_mlp.Forward([x_BD], channels: null), 2, -1).MoveToOuterDisposeScope();
    }
}
