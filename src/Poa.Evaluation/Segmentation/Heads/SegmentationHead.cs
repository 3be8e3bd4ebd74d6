using Poa.Elastic;
using Poa.Evaluation.Dense;
using Poa.Evaluation.Dense.Layers;
using Poa.Networks;
using static TorchSharp.torch;

namespace Poa.Evaluation.Segmentation.Heads;

/// <summary>Turns feature maps into a score per class and place. Parameter names are those of mmseg's heads.</summary>
internal abstract class SegmentationHead : nn.Module
{
    internal readonly Convolution conv_seg;

    private readonly double dropout;
    private readonly long place;

    /// <param name="name">Name of the class.</param>
    /// <param name="channels">Channels before the classifier.</param>
    /// <param name="classes">K</param>
    /// <param name="dropout">Probability that a channel is dropped before the classifier in training.</param>
    /// <param name="place">Tells the heads of one network apart: their draws differ.</param>
    /// <param name="initialisation">Gives the weights.</param>
    protected SegmentationHead(string name, int channels, int classes, double dropout, long place, Initialisation initialisation)
        : base(name)
    {
        (this.dropout, this.place) = (dropout, place);
        conv_seg = new Convolution(channels, classes, 1, hasBias: true, WeightStart.Classifier, initialisation);
    }

    /// <summary>The scores.</summary>
    /// <param name="maps">Maps of the backbone, finest first.</param>
    /// <param name="step">The training step, or null outside training.</param>
    /// <returns>[B, K, h, w], h and w those of the map that the head works on.</returns>
    internal Tensor Forward(IReadOnlyList<Tensor> maps, StepKey? step)
    {
        using var scope = NewDisposeScope();
        var features_BCHW = Features(maps);
        if (step is not null && dropout > 0)
        {
            features_BCHW = features_BCHW * Kept(step, features_BCHW);
        }

        return conv_seg.Forward(features_BCHW).MoveToOuterDisposeScope();
    }

    /// <summary>What is classified, [B, channels, h, w].</summary>
    protected abstract Tensor Features(IReadOnlyList<Tensor> maps);

    /// <summary>0 for dropped channels, 1 / (1 - rate) for the others: [B, C, 1, 1].</summary>
    private Tensor Kept(StepKey step, Tensor like_BCHW)
    {
        const long heads = 2;
        var (batch, channels) = (like_BCHW.shape[0], like_BCHW.shape[1]);
        var factors = new float[batch * channels];
        for (var sample = 0L; sample < batch; sample++)
        {
            var random = step.Stream(RandomPurpose.Dropout, (sample * heads) + place);
            for (var channel = 0L; channel < channels; channel++)
            {
                factors[(sample * channels) + channel] = random.NextBool(dropout) ? 0 : (float)(1 / (1 - dropout));
            }
        }

        return tensor(factors, [batch, channels, 1, 1], device: like_BCHW.device);
    }
}
