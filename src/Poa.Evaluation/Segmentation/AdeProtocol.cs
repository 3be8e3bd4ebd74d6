namespace Poa.Evaluation.Segmentation;

/// <summary>How a segmentation figure came about: everything needed to get the same one again. Stands beside every result.</summary>
public sealed record AdeProtocol
{
    /// <summary>"ade20k-linear" or "ade20k-upernet".</summary>
    public required string Benchmark { get; init; }

    /// <summary>Name of the sub-network.</summary>
    public required string Network { get; init; }

    /// <summary>Side of a patch in pixels; of a cell of the first stage for Swin and ResNet.</summary>
    public required int PatchSize { get; init; }

    /// <summary>
    /// Blocks, from 0, whose tokens feed the four maps; raw from the residual stream, without norm and class token. For Swin and ResNet the
    /// stages, whose outputs they are.
    /// </summary>
    public required IReadOnlyList<int> Taps { get; init; }

    /// <summary>Strides of the four maps in pixels.</summary>
    public required IReadOnlyList<double> Strides { get; init; }

    /// <summary>Whether the backbone was left as it is.</summary>
    public required bool IsBackboneFrozen { get; init; }

    /// <summary>How position embeddings are resized, in words.</summary>
    public required string Positions { get; init; }

    /// <summary>The head, in words.</summary>
    public required string HeadDescription { get; init; }

    /// <summary>Settings of training and test.</summary>
    public required AdeEvaluationOptions Options { get; init; }

    /// <summary>Red, green, blue means on the scale [0, 1].</summary>
    public required IReadOnlyList<double> Mean { get; init; }

    /// <summary>Red, green, blue deviations on that scale.</summary>
    public required IReadOnlyList<double> Deviation { get; init; }

    /// <summary>Images trained on.</summary>
    public required DataCard Train { get; init; }

    /// <summary>Images scored.</summary>
    public required DataCard Validation { get; init; }

    /// <summary>Number of classes.</summary>
    public required int Classes { get; init; }

    /// <summary>SHA-256 over the extracted network's weights as this evaluation got them.</summary>
    public required string WeightsSha256 { get; init; }

    /// <summary>Version of this software.</summary>
    public required string SoftwareVersion { get; init; }

    /// <summary>Version of the tensor library.</summary>
    public required string TorchVersion { get; init; }

    /// <summary>Device of the computation, for instance cpu or cuda:0.</summary>
    public required string Device { get; init; }

    /// <summary>Threads of the tensor library; another number may change last bits.</summary>
    public required int Threads { get; init; }

    /// <summary>Steps that changed nothing because loss or gradient was not finite.</summary>
    public long SkippedSteps { get; init; }

    /// <summary>What a reader of the figures should know.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];
}
