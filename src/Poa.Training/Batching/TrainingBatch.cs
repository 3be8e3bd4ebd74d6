using System.Runtime.InteropServices;
using TorchSharp;
using static TorchSharp.torch;

namespace Poa.Training.Batching;

/// <summary>
/// One step's input on a device. Crops are ordered crop-major as the authors' code collates them: the first crop of
/// every image, then the second of every image, and so on. Owns its tensors.
/// </summary>
/// <remarks>
/// Shapes: B images in this batch, V global and n local crops per image, N tokens per global crop, M masked tokens in all.
/// </remarks>
public sealed class TrainingBatch : IDisposable
{
    /// <summary>Takes ownership of the tensors, which are detached from any dispose scope.</summary>
    /// <param name="iteration">The step this batch belongs to, from 0.</param>
    /// <param name="imageCount">B.</param>
    /// <param name="globalCrops">[V*B, 3, S, S] float32.</param>
    /// <param name="localCrops">[n*B, 3, s, s] float32; null where n = 0.</param>
    /// <param name="masks">[V*B, N] bool.</param>
    /// <param name="maskIndices">[M] int64, flat positions into [V*B*N], increasing.</param>
    /// <param name="maskWeights">[M] float32, 1 / (masked tokens of that token's crop).</param>
    public TrainingBatch(long iteration, int imageCount, Tensor globalCrops, Tensor? localCrops, Tensor masks, Tensor maskIndices, Tensor maskWeights)
    {
        Iteration = iteration;
        ImageCount = imageCount;
        GlobalCrops = globalCrops.DetachFromDisposeScope();
        LocalCrops = localCrops?.DetachFromDisposeScope();
        Masks = masks.DetachFromDisposeScope();
        MaskIndices = maskIndices.DetachFromDisposeScope();
        MaskWeights = maskWeights.DetachFromDisposeScope();
    }

    /// <summary>The step this batch belongs to, from 0.</summary>
    public long Iteration { get; }

    /// <summary>B, images in this batch (one virtual shard's part of the global batch).</summary>
    public int ImageCount { get; }

    /// <summary>[V*B, 3, S, S] float32, normalised.</summary>
    public Tensor GlobalCrops { get; }

    /// <summary>[n*B, 3, s, s] float32, normalised; null without local crops.</summary>
    public Tensor? LocalCrops { get; }

    /// <summary>[V*B, N] bool, true where the student sees the mask token.</summary>
    public Tensor Masks { get; }

    /// <summary>[M] int64, flat positions of the masked tokens in [V*B*N], increasing.</summary>
    public Tensor MaskIndices { get; }

    /// <summary>[M] float32, 1 / (masked tokens of the crop that the token is in).</summary>
    public Tensor MaskWeights { get; }

    /// <summary>Copies host buffers into new tensors on <paramref name="device"/>; the buffers may be reused afterwards.</summary>
    /// <param name="host">The filled buffers.</param>
    /// <param name="device">Where the tensors live; null for CPU.</param>
    public static TrainingBatch FromHost(HostBatch host, Device? device = null)
    {
        ArgumentNullException.ThrowIfNull(host);
        var layout = host.Layout;
        using var scope = NewDisposeScope();
        return new TrainingBatch(
            host.Iteration,
            layout.Images,
            Copy(host.GlobalCrops, device, layout.GlobalCount, 3, layout.GlobalSize, layout.GlobalSize),
            layout.LocalCount == 0 ? null : Copy(host.LocalCrops, device, layout.LocalCount, 3, layout.LocalSize, layout.LocalSize),
            Copy(host.Masks.Masks, device, layout.GlobalCount, layout.Tokens),
            Copy(host.Masks.Indices, device, host.Masks.Indices.Length),
            Copy(host.Masks.Weights, device, host.Masks.Weights.Length));
    }

    /// <inheritdoc />
    public void Dispose()
    {
        GlobalCrops.Dispose();
        LocalCrops?.Dispose();
        Masks.Dispose();
        MaskIndices.Dispose();
        MaskWeights.Dispose();
    }

    private static Tensor Copy<T>(T[] values, Device? device, params long[] shape)
        where T : unmanaged
    {
        var onHost = empty(shape, dtype: DTypeOf<T>());
        MemoryMarshal.AsBytes(values.AsSpan()).CopyTo(onHost.bytes);
        return device is null || device.type == DeviceType.CPU ? onHost : onHost.to(device);
    }

    private static ScalarType DTypeOf<T>() =>
        typeof(T) == typeof(float) ? ScalarType.Float32
        : typeof(T) == typeof(long) ? ScalarType.Int64
        : typeof(T) == typeof(bool) ? ScalarType.Bool
        : throw new NotSupportedException($"No tensor type for {typeof(T).Name}.");
}
