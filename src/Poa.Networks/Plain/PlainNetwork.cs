using static TorchSharp.torch;

namespace Poa.Networks;

/// <summary>
/// An ordinary network: what an extracted sub-network is. It knows nothing of elasticity. For evaluation: its weights carry no gradient.
/// </summary>
public abstract class PlainNetwork : IDisposable
{
    private readonly Dictionary<string, Tensor> _weights;

    /// <summary>Takes over the weights.</summary>
    /// <param name="configuration">The network's shape.</param>
    /// <param name="weights">Exactly the weights of that shape.</param>
    /// <param name="source">Where they come from, for the error.</param>
    /// <exception cref="WeightMismatchException">Weights are missing, superfluous or of another shape; all are named.</exception>
    private protected PlainNetwork(PlainConfiguration configuration, IReadOnlyDictionary<string, Tensor> weights, string source)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        StateDictionary.Check(configuration.Shapes(), weights, source);
        _weights = weights.ToDictionary(w => w.Key, w => w.Value.detach().DetachFromDisposeScope(), StringComparer.Ordinal);
    }

    /// <summary>The network's shape.</summary>
    public abstract PlainConfiguration Configuration { get; }

    /// <summary>Where its weights are; images have to be there too.</summary>
    public Device Device => _weights.Values.First().device;

    /// <summary>The weights by their names in the weight file.</summary>
    private protected IReadOnlyDictionary<string, Tensor> Weights => _weights;

    /// <summary>Creates a network that owns the given weights.</summary>
    /// <param name="configuration">Its shape.</param>
    /// <param name="weights">Exactly the weights of that shape.</param>
    /// <param name="source">Where they come from, for the error.</param>
    /// <exception cref="WeightMismatchException">Weights are missing, superfluous or of another shape; all are named.</exception>
    public static PlainNetwork Create(PlainConfiguration configuration, IReadOnlyDictionary<string, Tensor> weights, string source) => configuration switch
    {
        PlainStageConfiguration stages => new PlainStageNetwork(stages, weights, source),
        _ => new PlainViT((PlainViTConfiguration)configuration, weights, source),
    };

    /// <summary>Loads a network from its weight file alone.</summary>
    /// <param name="path">A file that <see cref="Extraction.Save(Stream, IReadOnlyDictionary{string, Tensor}, PlainConfiguration)"/> wrote.</param>
    /// <param name="device">Where the weights are put; CPU by default.</param>
    /// <exception cref="SafetensorsException">The file is damaged, or has no configuration.</exception>
    /// <exception cref="WeightMismatchException">Weights are missing, superfluous or of another shape; all are named.</exception>
    public static PlainNetwork Load(string path, Device? device = null)
    {
        using var stream = File.OpenRead(path);
        return Load(stream, path, device);
    }

    /// <summary>As <see cref="Load(string, Device?)"/>, from a stream, which need not be seekable.</summary>
    /// <param name="stream">Positioned at the first byte of the file.</param>
    /// <param name="name">Name for errors.</param>
    /// <param name="device">Where the weights are put; CPU by default.</param>
    /// <inheritdoc cref="Load(string, Device?)" path="/exception"/>
    public static PlainNetwork Load(Stream stream, string name, Device? device = null)
    {
        using var scope = NewDisposeScope();
        var (tensors, metadata) = Safetensors.Load(stream, name, device);
        return metadata.TryGetValue(TimmConfiguration.MetadataKey, out var json)
            ? Create(TimmConfiguration.Parse(json, name), tensors, name)
            : throw new SafetensorsException(name, null, $"its metadata has no '{TimmConfiguration.MetadataKey}'; it is not a file of an extracted network");
    }

    /// <summary>Runs the network.</summary>
    /// <param name="images_BCHW">[B, C, H, W]; H and W multiples of <see cref="PlainConfiguration.SizeDivisor"/>, of any aspect.</param>
    public abstract BackboneOutput Forward(Tensor images_BCHW);

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var weight in _weights.Values)
        {
            weight.Dispose();
        }

        GC.SuppressFinalize(this);
    }
}
