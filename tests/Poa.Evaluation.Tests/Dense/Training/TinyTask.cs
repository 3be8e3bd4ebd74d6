using Poa.Data.Loading;
using Poa.Elastic;
using Poa.Evaluation.Dense;
using Poa.Evaluation.Dense.Backbones;
using Poa.Evaluation.Dense.Optimisation;
using Poa.Evaluation.Dense.Training;
using static TorchSharp.torch;

namespace Poa.Evaluation.Tests.Dense.Training;

/// <summary>A few images of noise.</summary>
internal sealed class NoiseBatch
{
    public long Number { get; set; }

    public float[] Pixels { get; } = new float[TinyTask.Batch * 3 * TinyTask.Side * TinyTask.Side];
}

internal sealed class NoWorkspace;

/// <summary>A small ViT with pyramid, batch norm and drop path that learns to make its maps equal to the image's mean.</summary>
internal sealed class TinyTask : IFineTuned<NoiseBatch>, IBatchFiller<NoiseBatch, NoWorkspace>, IDisposable
{
    public const int Batch = 3;
    public const int Side = 16;

    private readonly TinyNetwork network = new();

    public nn.Module Network => network;

    public IReadOnlyList<ParameterGroup> Groups => new LayerDecay { LearningRate = 0.01, Rate = 0.8 }.Groups(network, network.backbone);

    /// <summary>Told the step; what it returns is added to the loss.</summary>
    public Func<long, Tensor>? Extra { get; init; }

    public IReadOnlyList<LossTerm> Losses(NoiseBatch batch, StepKey step)
    {
        Assert.Equal(step.Iteration, batch.Number);
        var images = tensor(batch.Pixels, [Batch, 3, Side, Side]);
        var maps = network.backbone.Forward(images, step);
        var mean = images.mean();
        List<LossTerm> terms = [.. maps.Select((map, i) => new LossTerm($"map{i}", (map - mean).square().mean()))];
        if (Extra is not null)
        {
            terms.Add(new("extra", Extra(step.Iteration) * maps[0].mean()));
        }

        return terms;
    }

    public int ImagesOf(NoiseBatch batch) => Batch;

    public NoiseBatch CreateBuffer() => new();

    public int PartsOf(long batch) => Batch;

    public void Fill(NoiseBatch buffer, long batch, int part, NoWorkspace workspace)
    {
        var random = Randomness.For(1, RandomPurpose.Testing, batch, part);
        var length = buffer.Pixels.Length / Batch;
        for (var i = 0; i < length; i++)
        {
            buffer.Pixels[(part * length) + i] = (float)random.NextGaussian();
        }
    }

    public void Complete(NoiseBatch buffer, long batch) => buffer.Number = batch;

    public void Dispose() => network.Dispose();

    /// <summary>All trained tensors and buffers, as bytes.</summary>
    public IReadOnlyDictionary<string, byte[]> Bytes() => network.named_parameters().Select(p => (p.name, Value: (Tensor)p.parameter))
        .Concat(network.named_buffers().Select(b => (b.name, Value: b.buffer)))
        .ToDictionary(t => t.name, t => t.Value.detach().bytes.ToArray());

    private sealed class TinyNetwork : nn.Module
    {
        internal readonly ViTBackbone backbone = DenseTesting.Backbone(
            new ViTBackboneOptions { DropPathRate = 0.4, Grid = new Networks.TokenGrid(3, 3) }, subNetwork: new SubNetwork(8, 3));

        internal TinyNetwork()
            : base(nameof(TinyNetwork)) => RegisterComponents();
    }
}
