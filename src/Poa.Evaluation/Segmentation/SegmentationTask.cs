using System.Runtime.InteropServices;
using Poa.Data.Segmentation;
using Poa.Evaluation.Dense;
using Poa.Evaluation.Dense.Training;
using static TorchSharp.torch;

namespace Poa.Evaluation.Segmentation;

/// <summary>A segmentation network with its losses.</summary>
/// <param name="network">The network.</param>
/// <param name="auxiliaryWeight">Weight of the auxiliary head's loss.</param>
/// <param name="average">What losses are divided by.</param>
internal sealed class SegmentationTask(SegmentationNetwork network, double auxiliaryWeight, PixelAverage average) : IFineTuned<SegmentationBatch>
{
    private readonly Device device = network.parameters().First().device;

    /// <inheritdoc/>
    public nn.Module Network => network;

    /// <inheritdoc/>
    public IReadOnlyList<LossTerm> Losses(SegmentationBatch batch, StepKey step)
    {
        var images_BCHW = empty(batch.Count, 3, batch.CropSize, batch.CropSize);
        batch.Pixels.CopyTo(MemoryMarshal.Cast<byte, float>(images_BCHW.bytes));
        var labels_BHW = empty([batch.Count, batch.CropSize, batch.CropSize], ScalarType.Byte);
        batch.Labels.CopyTo(labels_BHW.bytes);
        labels_BHW = labels_BHW.to(device).to(ScalarType.Int64);

        var (main, auxiliary) = network.Logits(images_BCHW.to(device), step);
        List<LossTerm> terms = [new("decode.loss_ce", SegmentationLoss.Of(main, labels_BHW, 1, average))];
        if (auxiliary is not null)
        {
            terms.Add(new("aux.loss_ce", SegmentationLoss.Of(auxiliary, labels_BHW, auxiliaryWeight, average)));
        }

        return terms;
    }

    /// <inheritdoc/>
    public int ImagesOf(SegmentationBatch batch) => batch.Count;
}
