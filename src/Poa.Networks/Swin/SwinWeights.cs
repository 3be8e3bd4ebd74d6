using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Poa.Networks;

/// <summary>
/// Halves a map's sides and doubles its channels: zeros at the right and the bottom up to even sides, four neighbours side by side (upper left, upper
/// right, lower left, lower right, each with all its channels), a norm, a linear layer without bias.
/// </summary>
/// <param name="Norm">Over 4D channels.</param>
/// <param name="Reduction">[2D, 4D]</param>
internal sealed record MergingWeights(NormWeights Norm, LinearWeights Reduction)
{
    /// <param name="x_BHWD">The map.</param>
    /// <returns>[B, ceil(H / 2), ceil(W / 2), 2D]</returns>
    internal Tensor Forward(Tensor x_BHWD)
    {
        using var scope = NewDisposeScope();
        var (batch, height, width, channels) = (x_BHWD.shape[0], x_BHWD.shape[1], x_BHWD.shape[2], x_BHWD.shape[3]);
        if (height % 2 != 0 || width % 2 != 0)
        {
            x_BHWD = functional.pad(x_BHWD, [0, 0, 0, width % 2, 0, height % 2], PaddingModes.Constant, 0);
        }

        var (rows, columns) = ((height + 1) / 2, (width + 1) / 2);
        var merged = x_BHWD.reshape(batch, rows, 2, columns, 2, channels).permute(0, 1, 3, 2, 4, 5).reshape(batch, rows, columns, 4 * channels);
        return Reduction.Apply(Norm.Apply(merged)).MoveToOuterDisposeScope();
    }
}

/// <summary>A stage.</summary>
/// <param name="Blocks">In their order.</param>
/// <param name="OutputNorm">Norm of the stage's output, which the blocks and merging that follow do not see.</param>
/// <param name="Merging">What leads to the next stage; null for the last.</param>
internal sealed record SwinStageWeights(IReadOnlyList<SwinBlockWeights> Blocks, NormWeights OutputNorm, MergingWeights? Merging);

/// <summary>
/// A Swin transformer with its sub-network chosen. The norm of the patch embedding runs over the intact width M, of which D channels go
/// on: as in the authors' code, and unlike every other norm.
/// </summary>
/// <remarks>Shape letters: B images, H and W cells, D width.</remarks>
/// <param name="Stream">D channels of the first stage.</param>
/// <param name="PatchSize">Side of a patch in pixels.</param>
/// <param name="InChannels">Channels of an image.</param>
/// <param name="WindowSize">Side of a window in cells.</param>
/// <param name="PatchWeight">[M, C, patch, patch]</param>
/// <param name="PatchBias">[M]</param>
/// <param name="PatchNorm">Over M channels.</param>
/// <param name="Stages">Four.</param>
internal sealed record SwinWeights(
    Channels Stream,
    int PatchSize,
    int InChannels,
    int WindowSize,
    Tensor PatchWeight,
    Tensor PatchBias,
    NormWeights PatchNorm,
    IReadOnlyList<SwinStageWeights> Stages)
{
    /// <summary>What images become: the first stage's input, [B, H / patch, W / patch, D].</summary>
    /// <exception cref="ArgumentException">The images do not have that many channels, or H or W is no multiple of the patch size.</exception>
    internal Tensor Embed(Tensor images_BCHW)
    {
        using var scope = NewDisposeScope();
        var patches = PatchEmbedding.Unfold(images_BCHW.contiguous(), InChannels, PatchSize);
        return Stream.Of(PatchNorm.Apply(PatchEmbedding.Project(patches, PatchWeight, PatchBias)), 1)
            .reshape(images_BCHW.shape[0], images_BCHW.shape[2] / PatchSize, images_BCHW.shape[3] / PatchSize, Stream.Count)
            .MoveToOuterDisposeScope();
    }

    /// <summary>The output of every stage, before its norm.</summary>
    /// <param name="x_BHWD">From <see cref="Embed"/>, masked or not.</param>
    /// <param name="kept">See <see cref="SwinBlockWeights.Forward"/>.</param>
    /// <returns>[B, h, w, D * 2^i] for stage i.</returns>
    internal IReadOnlyList<Tensor> Run(Tensor x_BHWD, Func<int, int, KeptSamples>? kept = null)
    {
        using var scope = NewDisposeScope();
        using var windows = new ShiftedWindows(WindowSize);
        var outputs = new List<Tensor>();
        foreach (var stage in Stages)
        {
            x_BHWD = Run(stage, x_BHWD, windows, kept);
            outputs.Add(x_BHWD);
            x_BHWD = stage.Merging?.Forward(x_BHWD) ?? x_BHWD;
        }

        outputs.ForEach(output => output.MoveToOuterDisposeScope());
        return outputs;
    }

    /// <summary>The blocks of one stage.</summary>
    internal static Tensor Run(SwinStageWeights stage, Tensor x_BHWD, ShiftedWindows windows, Func<int, int, KeptSamples>? kept = null) =>
        stage.Blocks.Run(x_BHWD, (x, block) => block.Forward(x, windows, kept));

    /// <summary>What the last stage's output comes to.</summary>
    /// <param name="last_BHWD">From <see cref="Run(Tensor, Func{int, int, KeptSamples})"/>.</param>
    /// <param name="upSampling">Factor of the patch tokens along each side.</param>
    internal BackboneOutput Output(Tensor last_BHWD, int upSampling)
    {
        using var scope = NewDisposeScope();
        var normed_BHWD = Stages[^1].OutputNorm.Apply(last_BHWD);
        return new BackboneOutput(normed_BHWD.mean([1, 2]), MaskGrid.UpSample(normed_BHWD, upSampling), last_BHWD.flatten(1, 2)).MoveToOuterDisposeScope();
    }

    /// <summary>The mean over a stage's normed output: what stands for a class token, [B, D * 2^i].</summary>
    /// <param name="stage">Index i.</param>
    /// <param name="output_BHWD">The stage's output.</param>
    internal Tensor Pooled(int stage, Tensor output_BHWD)
    {
        using var scope = NewDisposeScope();
        return Stages[stage].OutputNorm.Apply(output_BHWD).mean([1, 2]).MoveToOuterDisposeScope();
    }

    /// <summary>A stage's normed output as a map, [B, D * 2^i, h, w].</summary>
    /// <param name="stage">Index i.</param>
    /// <param name="output_BHWD">The stage's output.</param>
    internal Tensor Map(int stage, Tensor output_BHWD)
    {
        using var scope = NewDisposeScope();
        return Stages[stage].OutputNorm.Apply(output_BHWD).permute(0, 3, 1, 2).contiguous().MoveToOuterDisposeScope();
    }
}
