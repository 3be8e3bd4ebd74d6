using Poa.Elastic;
using static TorchSharp.torch;

namespace Poa.Evaluation.Classification.Linear;

/// <summary>
/// All classifiers of one sub-network: for each number of blocks, without and with average pooling, one per learning rate. What they
/// learn is a function of options, features and labels; other sub-networks have no part in it.
/// </summary>
internal sealed class LinearHeads : IDisposable
{
    private readonly List<Kind> kinds = [];
    private readonly long total;

    /// <param name="subNetwork">Whose features they see.</param>
    /// <param name="widths">Widths of the class tokens in a row of features, one for each block.</param>
    /// <param name="classes">Classes.</param>
    /// <param name="steps">Steps of the whole training, for the schedule.</param>
    /// <param name="options">Settings.</param>
    /// <param name="device">Where to compute.</param>
    public LinearHeads(SubNetwork subNetwork, IReadOnlyList<int> widths, int classes, long steps, LinearProbeOptions options, Device device)
    {
        (Network, total) = (subNetwork, steps);
        double[] rates = [.. options.LearningRates.Select(rate => rate * options.BatchSize / 256)];
        // A shallow network may have the same blocks for two numbers asked for: these would be the same classifiers.
        foreach (var used in options.LastBlocks.Select(n => Math.Min(n, widths.Count)).Distinct())
        {
            foreach (var pooling in options.AveragePooling)
            {
                var first = widths.SkipLast(used).Sum();
                var width = WidthOf(widths, used, pooling);
                var group = new LinearHeadGroup(
                    width, classes, rates, options.Momentum,
                    head => Randomness.For(options.Seed, RandomPurpose.Evaluation, (2 * used) + (pooling ? 1 : 0), head), device);
                kinds.Add(new($"blocks{used}{(pooling ? "_avgpool" : "")}", first, width, group,
                    [.. options.LearningRates.Select(rate => new LinearSetting(used, pooling, rate))]));
            }
        }
    }

    /// <summary>The sub-network.</summary>
    public SubNetwork Network { get; }

    /// <summary>Steps that have been taken.</summary>
    public long Steps { get; set; }

    /// <summary>Everything that training changes, by name.</summary>
    public IReadOnlyList<KeyValuePair<string, Tensor>> State =>
        [.. kinds.SelectMany(kind => kind.Group.State.Select(part => new KeyValuePair<string, Tensor>($"{kind.Name}.{part.Key}", part.Value)))];

    /// <summary>Bytes of the classifiers with their momenta.</summary>
    public static long BytesFor(IReadOnlyList<int> widths, int classes, LinearProbeOptions options) =>
        2L * sizeof(float) * classes * options.LearningRates.Count
        * options.LastBlocks.Select(n => Math.Min(n, widths.Count)).Distinct()
            .Sum(used => options.AveragePooling.Sum(pooling => WidthOf(widths, used, pooling) + 1L));

    /// <summary>One step of all classifiers; the learning rates follow a cosine to zero over all steps.</summary>
    /// <param name="row_BF">Features of the batch, [B, F], see <see cref="BlockFeatures"/>.</param>
    /// <param name="labels_B">int64 [B].</param>
    public void Step(Tensor row_BF, Tensor labels_B)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        var factor = (1 + Math.Cos(Math.PI * Steps / total)) / 2;
        foreach (var kind in kinds)
        {
            kind.Group.Step(row_BF.narrow(1, kind.First, kind.Width), labels_B, factor);
        }

        Steps++;
    }

    /// <summary>Counts the hits of all classifiers on a batch.</summary>
    /// <param name="row_BF">Features of the batch.</param>
    /// <param name="labels_B">int64 [B].</param>
    public void Count(Tensor row_BF, Tensor labels_B)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        foreach (var kind in kinds)
        {
            kind.Tally.Add(kind.Group.Scores(row_BF.narrow(1, kind.First, kind.Width)), labels_B);
        }
    }

    /// <summary>Accuracies of all classifiers on what was counted.</summary>
    public IReadOnlyList<LinearAccuracy> Accuracies() => [.. kinds.SelectMany(kind => kind.Tally.Accuracies(kind.Settings))];

    public void Dispose()
    {
        foreach (var kind in kinds)
        {
            kind.Group.Dispose();
        }
    }

    private static int WidthOf(IReadOnlyList<int> widths, int used, bool pooling) => widths.TakeLast(used).Sum() + (pooling ? widths[^1] : 0);

    /// <param name="Name">Name in a checkpoint.</param>
    /// <param name="First">First column of a row of features that these classifiers see.</param>
    /// <param name="Width">Columns.</param>
    /// <param name="Group">The classifiers.</param>
    /// <param name="Settings">Their settings.</param>
    private sealed record Kind(string Name, long First, int Width, LinearHeadGroup Group, IReadOnlyList<LinearSetting> Settings)
    {
        public LinearTally Tally { get; } = new(Settings.Count);
    }
}
