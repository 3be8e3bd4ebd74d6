using Poa.Elastic;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Poa.Networks;

/// <summary>Weight and bias of the patch convolution; one level of the reference's state-dict names (<c>….proj.weight</c>).</summary>
internal sealed class PatchEmbedding : Module
{
    internal readonly LinearParameters proj;

    internal PatchEmbedding(ViTArchitecture architecture, Initialisation initialisation)
        : base(nameof(PatchEmbedding))
    {
        var patch = architecture.PatchSize;
        long values = (long)architecture.InChannels * patch * patch;
        proj = new LinearParameters(
            initialisation.FanInUniform(values, architecture.MaxEmbedDim, architecture.InChannels, patch, patch),
            initialisation.FanInUniform(values, architecture.MaxEmbedDim));
        RegisterComponents();
    }

    /// <summary>
    /// The <paramref name="channels"/> of a sub-network for every patch; no alpha, because the input is always whole. Patches do not
    /// overlap, so the convolution is a matrix product over their pixels.
    /// </summary>
    /// <param name="patches_RP">From <see cref="Unfold"/>.</param>
    /// <param name="channels">D of the intact network's.</param>
    /// <returns>[R, D]</returns>
    internal Tensor Forward(Tensor patches_RP, Channels channels) => Project(patches_RP, channels.Of(proj.weight, 0), channels.Of(proj.bias!, 0));

    /// <summary>Patches times a convolution weight [D, C, p, p], plus bias [D].</summary>
    internal static Tensor Project(Tensor patches_RP, Tensor weight_DCpp, Tensor bias_D) =>
        functional.linear(patches_RP, weight_DCpp.view(weight_DCpp.shape[0], -1), bias_D);

    /// <summary>The pixels of every patch as a row, images and then patches row by row.</summary>
    /// <param name="images_BCHW">[B, C, H, W]</param>
    /// <param name="channels">C the network was made for.</param>
    /// <param name="patch">Side of a patch.</param>
    /// <returns>[B * N, C * patch * patch], ordered within a row as the convolution's weight is.</returns>
    /// <exception cref="ArgumentException">The images do not have that many channels, or H or W is no multiple of the patch size.</exception>
    internal static Tensor Unfold(Tensor images_BCHW, int channels, int patch)
    {
        if (images_BCHW.dim() != 4 || images_BCHW.shape[1] != channels)
        {
            throw new ArgumentException($"Images have shape [{string.Join(", ", images_BCHW.shape)}]; [B, {channels}, H, W] is wanted.", nameof(images_BCHW));
        }

        var (batch, height, width) = (images_BCHW.shape[0], images_BCHW.shape[2], images_BCHW.shape[3]);
        if (height < patch || width < patch || height % patch != 0 || width % patch != 0)
        {
            throw new ArgumentException($"Images of {height} x {width} pixels cannot be cut into patches of {patch}; both sides must be positive multiples of it.", nameof(images_BCHW));
        }

        return images_BCHW.view(batch, channels, height / patch, patch, width / patch, patch)
            .permute(0, 2, 4, 1, 3, 5)
            .reshape(batch * (height / patch) * (width / patch), channels * patch * patch);
    }
}
