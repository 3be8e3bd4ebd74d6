using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Poa.Networks;

/// <summary>An extracted Swin or ResNet whose weights can be trained, for tasks that use the maps of its stages. Parameter names are those of its weight file.</summary>
public sealed class TrainableStages : nn.Module
{
    private readonly Dictionary<string, Tensor> weights = new(StringComparer.Ordinal);

    /// <summary>Creates a network with copies of the given weights.</summary>
    /// <param name="configuration">Its shape.</param>
    /// <param name="source">Exactly the weights of that shape.</param>
    /// <param name="sourceName">Where they come from, for the error.</param>
    /// <param name="device">Where the parameters lie; the CPU by default.</param>
    /// <exception cref="WeightMismatchException">Weights are missing, superfluous or of another shape; all are named.</exception>
    public TrainableStages(PlainStageConfiguration configuration, IReadOnlyDictionary<string, Tensor> source, string sourceName, Device? device = null)
        : base(nameof(TrainableStages))
    {
        ArgumentNullException.ThrowIfNull(configuration);
        ArgumentNullException.ThrowIfNull(source);
        StateDictionary.Check(configuration.Shapes(), source, sourceName);
        Configuration = configuration;
        using var noGrad = no_grad();
        foreach (var (name, _) in configuration.Shapes())
        {
            using var scope = NewDisposeScope();
            var parameter = new Parameter(source[name].detach().to(device ?? CPU).contiguous().clone().DetachFromDisposeScope());
            parameter.DetachFromDisposeScope();
            weights.Add(name, parameter);
            register_parameter(name, parameter);
        }
    }

    /// <summary>The network's shape.</summary>
    public PlainStageConfiguration Configuration { get; }

    /// <summary>The output of every stage.</summary>
    /// <param name="images_BCHW">[B, C, H, W]; H and W multiples of <see cref="PlainConfiguration.SizeDivisor"/>.</param>
    /// <param name="dropPath">Stochastic depth for a training step of B samples, or null for none; a ResNet has none.</param>
    /// <returns>Four maps [B, C, h, w], finest first.</returns>
    public IReadOnlyList<Tensor> StageMaps(Tensor images_BCHW, IndependentDropPath? dropPath = null)
    {
        ArgumentNullException.ThrowIfNull(images_BCHW);
        return Configuration.StageMaps(weights, images_BCHW, dropPath is null ? null : dropPath.Kept);
    }
}
