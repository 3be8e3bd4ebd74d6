using static TorchSharp.torch;

namespace Poa.Networks;

/// <summary>One input of a forward pass.</summary>
/// <param name="Images_BCHW">Images, [B, C, H, W], of any aspect; for ViT and Swin H and W are multiples of the patch size.</param>
/// <param name="Masks_BN">
/// What is replaced by the mask token, bool [B, N], or null for none: patches of a ViT, cells of the up-sampled last map of Swin and ResNet.
/// </param>
public sealed record BackboneInput(Tensor Images_BCHW, Tensor? Masks_BN = null);

/// <summary>
/// What a network with features of width D gives for one input of B images. Swin and ResNet have no class token: the mean over the last map
/// stands for it, and patch tokens are the cells of that map, up-sampled to the N cells of the mask grid. ResNet has no final norm.
/// </summary>
/// <param name="classToken">[B, D], after the final norm (the reference's <c>x_norm_clstoken</c>).</param>
/// <param name="patchTokens">[B, N, D], after the final norm (<c>x_norm_patchtokens</c>).</param>
/// <param name="prenorm">Before the final norm (<c>x_prenorm</c>): [B, 1 + N, D], class token first; for Swin and ResNet the cells of the last map.</param>
public sealed class BackboneOutput(Tensor classToken, Tensor patchTokens, Tensor prenorm) : IDisposable
{
    /// <summary>[B, D], after the final norm.</summary>
    public Tensor ClassToken { get; } = classToken;

    /// <summary>[B, N, D], after the final norm.</summary>
    public Tensor PatchTokens { get; } = patchTokens;

    /// <summary>Before the final norm: [B, 1 + N, D], class token first; for Swin and ResNet the cells of the last map, [B, h * w, D].</summary>
    public Tensor Prenorm { get; } = prenorm;

    /// <summary>Releases the three tensors (a dispose scope around the call does so too).</summary>
    public void Dispose()
    {
        ClassToken.Dispose();
        PatchTokens.Dispose();
        Prenorm.Dispose();
    }

    internal BackboneOutput MoveToOuterDisposeScope()
    {
        ClassToken.MoveToOuterDisposeScope();
        PatchTokens.MoveToOuterDisposeScope();
        Prenorm.MoveToOuterDisposeScope();
        return this;
    }

    /// <summary>Takes the tokens [B, 1 + N, D] apart, before and after the final norm.</summary>
    internal static BackboneOutput Of(Tensor prenorm_BTD, Tensor normed_BTD) =>
        new(normed_BTD.select(1, 0), normed_BTD.narrow(1, 1, normed_BTD.shape[1] - 1), prenorm_BTD);
}

/// <summary>Features of one block or stage, for dense tasks.</summary>
/// <param name="Features_BCHW">Patch tokens as a map: [B, D, H / patch, W / patch] for a ViT, that of the stage for Swin and ResNet.</param>
/// <param name="ClassToken_BD">[B, D]</param>
public sealed record IntermediateLayer(Tensor Features_BCHW, Tensor ClassToken_BD);
