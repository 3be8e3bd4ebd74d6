using System.Diagnostics;
using Poa.Data.Loading;
using Poa.Evaluation.Features;
using static TorchSharp.torch;

namespace Poa.Evaluation.Classification.Linear;

/// <summary>Trains the classifiers of one sub-network on features that were computed before, and counts their hits on others.</summary>
internal sealed class CachedTraining(LinearProbeOptions options, Device device)
{
    /// <summary>Trains to the last step; the rows come in one random order after the other.</summary>
    /// <param name="heads">The classifiers.</param>
    /// <param name="train">Features and labels.</param>
    /// <param name="steps">Steps in all.</param>
    /// <param name="progress">Told after every step.</param>
    /// <param name="cancellationToken">Stops between two steps.</param>
    public void Train(LinearHeads heads, FeatureSet train, long steps, Action<EvaluationProgress>? progress, CancellationToken cancellationToken)
    {
        var started = Stopwatch.GetTimestamp();
        var order = new DataOrder(train.Rows.Count, options.Seed);
        var rows = new int[options.BatchSize];
        for (var step = 0L; step < steps; step++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            for (var i = 0; i < rows.Length; i++)
            {
                rows[i] = order.At((step * rows.Length) + i);
            }

            Use(train, rows, heads.Step);
            var images = (step + 1) * rows.Length;
            progress?.Invoke(new($"linear probe of {heads.Network}", images, steps * rows.Length, images / Math.Max(Stopwatch.GetElapsedTime(started).TotalSeconds, 1e-9)));
        }
    }

    /// <summary>Counts hits on all rows.</summary>
    public void Count(LinearHeads heads, FeatureSet validation, CancellationToken cancellationToken)
    {
        foreach (var rows in Enumerable.Range(0, validation.Rows.Count).Chunk(options.BatchSize))
        {
            cancellationToken.ThrowIfCancellationRequested();
            Use(validation, rows, heads.Count);
        }
    }

    private void Use(FeatureSet set, int[] rows, Action<Tensor, Tensor> use)
    {
        var width = set.Rows.Width;
        var values = new float[rows.Length * width];
        var labels = new int[rows.Length];
        for (var i = 0; i < rows.Length; i++)
        {
            set.Rows.Read(rows[i], values.AsSpan(i * width, width));
            labels[i] = set.Labels[rows[i]];
        }

        using var scope = NewDisposeScope();
        use(tensor(values, [rows.Length, width], device: device), BatchTensor.Labels(labels, device));
    }
}
