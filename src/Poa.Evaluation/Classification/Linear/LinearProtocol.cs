namespace Poa.Evaluation.Classification.Linear;

/// <summary>How the figures of a linear probe came about: everything needed to get the same ones again. Stands beside every result.</summary>
public sealed record LinearProtocol
{
    /// <summary>The options of the probe.</summary>
    public required LinearProbeOptions Options { get; init; }

    /// <summary>What a classifier sees, in words.</summary>
    public required string Feature { get; init; }

    /// <summary>Steps of training.</summary>
    public required long Steps { get; init; }

    /// <summary>Images that the classifiers are trained on.</summary>
    public required DataCard Train { get; init; }

    /// <summary>Images on which they are compared.</summary>
    public required DataCard Validation { get; init; }

    /// <summary>Number of classes.</summary>
    public required int Classes { get; init; }

    /// <summary>Version of this software.</summary>
    public required string SoftwareVersion { get; init; }

    /// <summary>Device of the computation, for instance cpu or cuda:0.</summary>
    public required string Device { get; init; }

    /// <summary>Threads of the tensor library; another number may change last bits.</summary>
    public required int Threads { get; init; }

    /// <summary>What a reader of the figures should know.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];
}
