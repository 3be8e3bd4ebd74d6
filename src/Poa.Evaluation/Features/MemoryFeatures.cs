using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace Poa.Evaluation.Features;

/// <summary>Features that lie in memory.</summary>
public sealed class MemoryFeatures : IFeatureRows
{
    private readonly float[] values;

    private MemoryFeatures(float[] values, int count, int width) => (this.values, Count, Width) = (values, count, width);

    /// <inheritdoc/>
    public int Count { get; }

    /// <inheritdoc/>
    public int Width { get; }

    /// <summary>Copies a matrix of features as it is.</summary>
    /// <param name="features_ND">Features [N, D], float32, any device.</param>
    /// <exception cref="ArgumentException">Not a float32 matrix, or a value is not finite.</exception>
    public static MemoryFeatures From(Tensor features_ND)
    {
        FeatureChecks.ThrowIfNotFiniteMatrix(features_ND, "features");
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        var onHost = features_ND.cpu().contiguous();
        return new(MemoryMarshal.Cast<byte, float>(onHost.bytes).ToArray(), (int)features_ND.shape[0], (int)features_ND.shape[1]);
    }

    /// <inheritdoc/>
    public void Read(int firstRow, Span<float> destination)
    {
        FeatureSlice.Check(this, firstRow, destination.Length);
        values.AsSpan(checked(firstRow * Width), destination.Length).CopyTo(destination);
    }
}
