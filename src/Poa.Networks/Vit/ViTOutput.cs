using static TorchSharp.torch;

namespace Poa.Networks;

/// <summary>One input of a forward pass.</summary>
/// <param name="Images_BCHW">Images, [B, C, H, W]; H and W multiples of the patch size, of any aspect.</param>
/// <param name="Masks_BN">Patches to be replaced by the mask token, bool [B, N], or null for none.</param>
public sealed record ViTInput(Tensor Images_BCHW, Tensor? Masks_BN = null);

/// <summary>What a vision transformer of width D gives for one input of B images with N patches each.</summary>
/// <param name="classToken">[B, D], after the final norm (the reference's <c>x_norm_clstoken</c>).</param>
/// <param name="patchTokens">[B, N, D], after the final norm (<c>x_norm_patchtokens</c>).</param>
/// <param name="prenorm">[B, 1 + N, D], class token first, before the final norm (<c>x_prenorm</c>).</param>
public sealed class ViTOutput(Tensor classToken, Tensor patchTokens, Tensor prenorm) : IDisposable
{
    /// <summary>[B, D], after the final norm.</summary>
    public Tensor ClassToken { get; } = classToken;

    /// <summary>[B, N, D], after the final norm.</summary>
    public Tensor PatchTokens { get; } = patchTokens;

    /// <summary>[B, 1 + N, D], class token first, before the final norm.</summary>
    public Tensor Prenorm { get; } = prenorm;

    /// <summary>Releases the three tensors (a dispose scope around the call does so too).</summary>
    public void Dispose()
    {
        ClassToken.Dispose();
        PatchTokens.Dispose();
        Prenorm.Dispose();
    }

    internal ViTOutput MoveToOuterDisposeScope()
    {
        ClassToken.MoveToOuterDisposeScope();
        PatchTokens.MoveToOuterDisposeScope();
        Prenorm.MoveToOuterDisposeScope();
        return this;
    }

    /// <summary>Takes the tokens [B, 1 + N, D] apart, before and after the final norm.</summary>
    internal static ViTOutput Of(Tensor prenorm_BTD, Tensor normed_BTD) =>
        new(normed_BTD.select(1, 0), normed_BTD.narrow(1, 1, normed_BTD.shape[1] - 1), prenorm_BTD);
}

/// <summary>Features of one block, for dense tasks.</summary>
/// <param name="Features_BCHW">Patch tokens as a map, [B, D, H / patch, W / patch].</param>
/// <param name="ClassToken_BD">[B, D]</param>
public sealed record IntermediateLayer(Tensor Features_BCHW, Tensor ClassToken_BD);
