using Poa.Elastic;
using static TorchSharp.torch;

namespace Poa.Networks;

/// <summary>
/// An elastic network (arXiv 2408.01031 §3.2): one set of weights that holds every sub-network of its grid. Which one runs is an argument of each
/// call; the module has no state beside its parameters, so several threads may run different sub-networks at once.
/// </summary>
/// <remarks>Shape letters: B images, C channels, H and W pixels, N cells of the mask grid, D width of the features.</remarks>
/// <param name="name">Name of the class.</param>
public abstract class ElasticBackbone(string name) : nn.Module(name)
{
    /// <summary>Its sub-networks.</summary>
    public abstract ISubNetworkGrid Grid { get; }

    /// <summary>Its stochastic depth; null if the family has none.</summary>
    public abstract IDropPathRates? DropPathRates { get; }

    /// <summary>Creates a network of a configuration.</summary>
    /// <param name="configuration">Says family and shape.</param>
    /// <param name="seed">Initial weights are a function of this and the architecture.</param>
    /// <param name="device">Where the parameters lie; CPU by default.</param>
    public static ElasticBackbone Create(PoaConfiguration configuration, long seed, Device? device = null)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        return configuration.Student.Architecture switch
        {
            ArchitectureFamily.Swin => new ElasticSwin(configuration.SwinArchitecture(), seed, device),
            ArchitectureFamily.ResNet => new ElasticResNet(configuration.ResNetArchitecture(), seed, device),
            _ => new ElasticViT(configuration.ViTArchitecture(), seed, device),
        };
    }

    /// <summary>Runs one input through a sub-network.</summary>
    /// <param name="images_BCHW">[B, C, H, W]</param>
    /// <param name="subNetwork">A cell of the grid.</param>
    /// <param name="masks_BN">What is replaced by the mask token, see <see cref="BackboneInput"/>; or null.</param>
    /// <exception cref="ArgumentException">The sub-network is not on the grid, or a shape does not fit.</exception>
    public BackboneOutput Forward(Tensor images_BCHW, SubNetwork subNetwork, Tensor? masks_BN = null) =>
        Forward([new BackboneInput(images_BCHW, masks_BN)], subNetwork)[0];

    /// <summary>Runs several inputs, of different sizes, through a sub-network.</summary>
    /// <param name="inputs">At least one.</param>
    /// <param name="subNetwork">A cell of the grid.</param>
    /// <param name="dropPath">Stochastic depth for training, made of <see cref="DropPathRates"/>, or null for none.</param>
    /// <param name="draw">Chooses the channels of a narrower network; null for the leading ones.</param>
    /// <returns>One output per input.</returns>
    /// <exception cref="ArgumentException">The sub-network is not on the grid, or a shape does not fit.</exception>
    public abstract IReadOnlyList<BackboneOutput> Forward(IReadOnlyList<BackboneInput> inputs, SubNetwork subNetwork, DropPathPlan? dropPath = null, ChannelDraw? draw = null);

    /// <summary>
    /// Widths of the class tokens that <see cref="PooledBlocks"/> can give of a sub-network, first level first: one for each block of a ViT, one
    /// for each stage of Swin and ResNet.
    /// </summary>
    /// <param name="subNetwork">A cell of the grid.</param>
    public abstract IReadOnlyList<int> LevelWidths(SubNetwork subNetwork);

    /// <summary>
    /// Class tokens after the final norm of many sub-networks for the same images; what they have in common is computed once. A sub-network's
    /// values are the same bits whatever others are asked for.
    /// </summary>
    /// <param name="images_BCHW">[B, C, H, W]</param>
    /// <param name="subNetworks">Cells of the grid, in any order.</param>
    /// <returns>[B, D] for each, in the order given.</returns>
    public abstract IReadOnlyList<Tensor> ClassTokens(Tensor images_BCHW, IReadOnlyList<SubNetwork> subNetworks);

    /// <summary>
    /// Class tokens of several levels and the mean of the last level's patch tokens, of many sub-networks for the same images, with what
    /// <see cref="ClassTokens"/> says of sharing.
    /// </summary>
    /// <param name="images_BCHW">[B, C, H, W]</param>
    /// <param name="subNetworks">Cells of the grid, in any order.</param>
    /// <param name="positions">Places, among that many levels, of those whose class token is wanted.</param>
    /// <returns>[B, F] for each, in the order given: class tokens in the order of the positions, then the mean, side by side.</returns>
    public abstract IReadOnlyList<Tensor> PooledBlocks(Tensor images_BCHW, IReadOnlyList<SubNetwork> subNetworks, Func<int, IReadOnlyList<int>> positions);

    /// <summary>Channels of the intact network's features that a sub-network's features are.</summary>
    /// <param name="subNetwork">A cell of the grid.</param>
    /// <param name="draw">Of its forward pass.</param>
    public abstract Channels FeatureChannels(SubNetwork subNetwork, ChannelDraw? draw);

    /// <exception cref="ArgumentException">The grid has no such cell.</exception>
    private protected void ThrowIfOffGrid(SubNetwork subNetwork)
    {
        if (!Grid.Contains(subNetwork))
        {
            throw new ArgumentException(
                $"The network has no sub-network {subNetwork}: widths are {string.Join(", ", Grid.Widths)}, depths {string.Join(", ", Grid.Depths)}.",
                nameof(subNetwork));
        }
    }
}
