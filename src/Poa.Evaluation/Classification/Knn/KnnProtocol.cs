namespace Poa.Evaluation.Classification.Knn;

/// <summary>How a k-NN figure came about: everything needed to get the same one again. Stands beside every result.</summary>
public sealed record KnnProtocol
{
    /// <summary>"knn" for a network's features, "pixel-knn" for pixels.</summary>
    public required string Benchmark { get; init; }

    /// <summary>What a feature is, in words.</summary>
    public required string Feature { get; init; }

    /// <summary>Pixels of an image's shorter side before the crop (bicubic, antialiased).</summary>
    public required int ResizeSize { get; init; }

    /// <summary>Pixels per side of the centre crop: the resolution the network sees.</summary>
    public required int CropSize { get; init; }

    /// <summary>Subtracted from red, green, blue on the scale [0, 1].</summary>
    public required IReadOnlyList<double> Mean { get; init; }

    /// <summary>Divisors of red, green, blue on the scale [0, 1].</summary>
    public required IReadOnlyList<double> Deviation { get; init; }

    /// <summary>Numbers of neighbours.</summary>
    public required IReadOnlyList<int> Neighbours { get; init; }

    /// <summary>Temperature of the softmax over cosine similarities.</summary>
    public required double Temperature { get; init; }

    /// <summary>Images per forward pass; another number may change last bits.</summary>
    public required int BatchSize { get; init; }

    /// <summary>Images whose classes are known to the classifier.</summary>
    public required DataCard Train { get; init; }

    /// <summary>Images that are classified.</summary>
    public required DataCard Test { get; init; }

    /// <summary>Number of classes.</summary>
    public required int Classes { get; init; }

    /// <summary>SHA-256 of the evaluated weights as the caller knows it; null where there are none (pixels).</summary>
    public string? CheckpointSha256 { get; init; }

    /// <summary>Whether unreadable images were left out instead of ending the evaluation.</summary>
    public required bool UnreadableAllowed { get; init; }

    /// <summary>Version of this software.</summary>
    public required string SoftwareVersion { get; init; }

    /// <summary>Device of the computation, for instance cpu or cuda:0.</summary>
    public required string Device { get; init; }

    /// <summary>Threads of the tensor library; another number may change last bits.</summary>
    public required int Threads { get; init; }

    /// <summary>What a reader of the figures should know, for instance that a k was larger than the training set.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];
}
