namespace Poa.Evaluation.Detection;

/// <summary>How COCO figures came about: everything needed to get the same ones again. Stands beside every result.</summary>
public sealed record CocoBenchmarkProtocol
{
    /// <summary>"coco".</summary>
    public required string Benchmark { get; init; }

    /// <summary>The detector, in words.</summary>
    public required string Network { get; init; }

    /// <summary>All settings.</summary>
    public required CocoBenchmarkOptions Options { get; init; }

    /// <summary>SHA-256 over names and values of the sub-network's weights before training.</summary>
    public required string WeightsSha256 { get; init; }

    /// <summary>Images that trained.</summary>
    public required DataCard Train { get; init; }

    /// <summary>Images that were scored.</summary>
    public required DataCard Test { get; init; }

    /// <summary>Names of the classes in label order.</summary>
    public required IReadOnlyList<string> Classes { get; init; }

    /// <summary>Training steps.</summary>
    public required long Iterations { get; init; }

    /// <summary>Training steps of an epoch.</summary>
    public required long IterationsPerEpoch { get; init; }

    /// <summary>Steps that changed nothing because loss or gradient was not finite.</summary>
    public required long SkippedIterations { get; init; }

    /// <summary>Order of the training images.</summary>
    public string DataOrder { get; init; } = "a random permutation per epoch, not grouped by aspect";

    /// <summary>Version of this software.</summary>
    public required string SoftwareVersion { get; init; }

    /// <summary>Device of the computation, for instance cpu or cuda:0.</summary>
    public required string Device { get; init; }

    /// <summary>Threads of the tensor library; another number may change last bits.</summary>
    public required int Threads { get; init; }

    /// <summary>What a reader of the figures should know.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];
}
