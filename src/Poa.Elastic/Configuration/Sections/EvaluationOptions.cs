#pragma warning disable CS1591 // Each key is described by its attribute, which the printed reference shows too: one text, not two.

namespace Poa.Elastic;

/// <summary>Section <c>evaluation</c>.</summary>
public sealed record EvaluationOptions
{
    [ConfigurationKey("eval_period_iterations", "Accepted for the authors' files, without effect: evaluations are sweeps of their own, asked for at any checkpoint.", Min = 0)]
    public long PeriodIterations { get; init; } = 12500;

    [ConfigurationKey("knn")]
    public KnnOptions Knn { get; init; } = new();
}

/// <summary>Section <c>evaluation.knn</c> (ours; the defaults are the authors').</summary>
public sealed record KnnOptions
{
    [ConfigurationKey("neighbours", "Values of k, evaluated together.", Min = 1)]
    public EquatableArray<int> Neighbours { get; init; } = [10, 20, 100, 200];

    [ConfigurationKey("temperature", "Temperature of the softmax over similarities.", Min = 0, MinExclusive = true)]
    public double Temperature { get; init; } = 0.07;

    [ConfigurationKey("batch_size", "Images per forward pass.", Min = 1)]
    public int BatchSize { get; init; } = 256;

    [ConfigurationKey("image_size", "Side of the centre crop in pixels; 0 takes crops.global_crops_size.", Min = 0, Max = 4096)]
    public int ImageSize { get; init; }

    [ConfigurationKey("resize_size", "The image's shorter side before the crop; 0 takes 256/224 of the crop.", Min = 0, Max = 8192)]
    public int ResizeSize { get; init; }
}
