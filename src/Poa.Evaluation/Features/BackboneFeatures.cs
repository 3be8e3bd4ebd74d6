using Poa.Elastic;
using Poa.Networks;
using static TorchSharp.torch;

namespace Poa.Evaluation.Features;

/// <summary>The features the paper evaluates: class tokens after the final norm, of any number of sub-networks of one teacher.</summary>
public sealed class BackboneFeatures : IImageFeatures
{
    private readonly ElasticBackbone teacher;
    private readonly IReadOnlyList<SubNetwork> subNetworks;

    /// <param name="teacher">The intact network's weights; they are not changed.</param>
    /// <param name="subNetworks">At least one; each once.</param>
    /// <exception cref="ArgumentException">No sub-network, or one twice.</exception>
    /// <exception cref="FormatException">One is not on the grid; the message lists what there is.</exception>
    public BackboneFeatures(ElasticBackbone teacher, IReadOnlyList<SubNetwork> subNetworks)
    {
        Selection.Require(teacher, subNetworks);
        (this.teacher, this.subNetworks) = (teacher, subNetworks);
        Outputs = [.. subNetworks.Select(s => new FeatureOutput(s.ToString(), teacher.Grid.FeatureWidth(s)))];
        Device = teacher.parameters().First().device;
    }

    /// <inheritdoc/>
    public string Description => "x_norm_clstoken, L2-normalised";

    /// <inheritdoc/>
    public IReadOnlyList<FeatureOutput> Outputs { get; }

    /// <inheritdoc/>
    public Device Device { get; }

    /// <inheritdoc/>
    public void Extract(Tensor images_BCHW, Action<int, Tensor> take)
    {
        ArgumentNullException.ThrowIfNull(images_BCHW);
        ArgumentNullException.ThrowIfNull(take);
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        foreach (var (i, token_BD) in teacher.ClassTokens(images_BCHW, subNetworks).Index())
        {
            take(i, UnitFeatures.Of(token_BD));
        }
    }
}
