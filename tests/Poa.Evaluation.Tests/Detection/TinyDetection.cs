using Poa.Elastic;
using Poa.Evaluation.Detection;
using Poa.Evaluation.Detection.Networks;
using Poa.Networks;

namespace Poa.Evaluation.Tests.Detection;

/// <summary>A detector small enough to train within a test: a ViT of width 32 and 4 blocks on images of 64 pixels, heads of 16 channels.</summary>
internal static class TinyDetection
{
    public const int Patch = 8;

    public static SubNetwork SubNetwork { get; } = new(32, 4);

    public static DetectorOptions Detector { get; } = new()
    {
        PyramidChannels = 16,
        BoxConvolutions = 1,
        BoxChannels = 16,
        BoxUnits = 32,
        MaskConvolutions = 1,
        MaskChannels = 16,
        TrainingProposals = 60,
        TestProposals = 30,
        AnchorSamples = 64,
        RegionSamples = 32,
    };

    public static CocoBenchmarkOptions Options { get; } = CocoBenchmarkOptions.Quick(Patch, 64) with
    {
        Detector = Detector,
        Training = CocoBenchmarkOptions.Quick(Patch, 64).Training with { BatchSize = 2, Iterations = 6, CheckpointEvery = 2, WarmupIterations = 2 },
    };

    public static ElasticViT Teacher() => new(
        new()
        {
            ImageSize = 64,
            PatchSize = Patch,
            MinEmbedDim = 16,
            MaxEmbedDim = 32,
            MinDepth = 2,
            MaxDepth = 4,
            HeadDim = 16,
        },
        seed: 3);
}
