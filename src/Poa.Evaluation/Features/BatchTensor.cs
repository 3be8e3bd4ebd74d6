using System.Runtime.InteropServices;
using Poa.Data.Evaluation;
using static TorchSharp.torch;

namespace Poa.Evaluation.Features;

/// <summary>Batches of images as tensors.</summary>
internal static class BatchTensor
{
    /// <summary>The pixels, [B, 3, S, S] float32 on a device.</summary>
    public static Tensor Images(ImageBatch batch, Device device)
    {
        var images_BCHW = empty(batch.Count, 3, batch.Size, batch.Size);
        batch.Pixels.Span.CopyTo(MemoryMarshal.Cast<byte, float>(images_BCHW.bytes));
        return images_BCHW.to(device);
    }

    /// <summary>Labels as int64 [B] on a device.</summary>
    public static Tensor Labels(ReadOnlySpan<int> labels, Device device)
    {
        var values = new long[labels.Length];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = labels[i];
        }

        return tensor(values, device: device);
    }
}
