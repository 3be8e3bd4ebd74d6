using Poa.Data.Imaging;
using Poa.Elastic;

namespace Poa.Evaluation.Classification.Knn;

/// <summary>How images become features and features become figures.</summary>
public sealed record KnnEvaluationOptions
{
    /// <summary>Neighbours, temperature and memory of the classifier.</summary>
    public KnnSettings Classifier { get; init; } = new();

    /// <summary>Pixels of an image's shorter side before the crop.</summary>
    public int ResizeSize { get; init; } = 256;

    /// <summary>Pixels per side of the centre crop.</summary>
    public int CropSize { get; init; } = 224;

    /// <summary>Images per forward pass.</summary>
    public int BatchSize { get; init; } = 256;

    /// <summary>Threads that decode images; they change speed only.</summary>
    public int LoaderThreads { get; init; } = 1;

    /// <summary>How pixels are normalised for the network.</summary>
    public Normalisation Normalisation { get; init; } = Normalisation.ImageNet;

    /// <summary>Leave unreadable images out, and count them, instead of failing.</summary>
    public bool AllowUnreadable { get; init; }

    /// <summary>Where features are kept meanwhile; they take 4 bytes * images * the sum of the networks' widths.</summary>
    public string TemporaryFolder { get; init; } = Path.GetTempPath();

    /// <summary>SHA-256 of the evaluated weights, for the protocol; null where there is none.</summary>
    public string? CheckpointSha256 { get; init; }

    /// <summary>The options that a run's configuration asks for.</summary>
    public static KnnEvaluationOptions From(PoaConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        var knn = configuration.Evaluation.Knn;
        return new()
        {
            Classifier = new() { Ks = knn.Neighbours, Temperature = knn.Temperature },
            ResizeSize = configuration.KnnResizeSize,
            CropSize = configuration.KnnImageSize,
            BatchSize = knn.BatchSize,
            Normalisation = new(configuration.Augmentation.Mean, configuration.Augmentation.StandardDeviation),
        };
    }
}
