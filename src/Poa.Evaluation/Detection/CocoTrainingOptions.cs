using System.Collections.Immutable;
using Poa.Networks;

namespace Poa.Evaluation.Detection;

/// <summary>How the detector is trained. The defaults are the paper's for a backbone of width 768 ("base"); see <see cref="CocoBenchmarkOptions.Paper"/>.</summary>
public sealed record CocoTrainingOptions
{
    /// <summary>Seed of initial weights, data order, augmentation, sampling of regions and drop path.</summary>
    public long Seed { get; init; }

    /// <summary>Images a step. The reference has 8 devices with 2 each.</summary>
    public int BatchSize { get; init; } = 16;

    /// <summary>Passes over the training images.</summary>
    public int Epochs { get; init; } = 36;

    /// <summary>Steps; null for as many as <see cref="Epochs"/> take.</summary>
    public long? Iterations { get; init; }

    /// <summary>Epochs, from 0, at whose start the learning rate falls.</summary>
    public ImmutableArray<int> DecayEpochs { get; init; } = [27, 33];

    /// <summary>Factor of the learning rate at each of them.</summary>
    public double DecayFactor { get; init; } = 0.1;

    /// <summary>Steps of linear warm-up.</summary>
    public int WarmupIterations { get; init; } = 500;

    /// <summary>Share of the learning rate at the first step.</summary>
    public double WarmupRatio { get; init; } = 0.001;

    /// <summary>AdamW's learning rate for the heads.</summary>
    public double LearningRate { get; init; } = 1e-4;

    /// <summary>Factor of the learning rate per layer below the heads.</summary>
    public double LayerDecayRate { get; init; } = 0.65;

    /// <summary>AdamW's weight decay, of all but biases and other vectors.</summary>
    public double WeightDecay { get; init; } = 0.05;

    /// <summary>Whether class token and position embedding decay, too; they do in the reference, against its intent.</summary>
    public bool DecaysTokens { get; init; } = true;

    /// <summary>Drop-path rate of the last block.</summary>
    public double DropPathRate { get; init; } = 0.2;

    /// <summary>Whether the pre-trained weights stay as they are; the pyramid and the heads train in any case.</summary>
    public bool IsFrozen { get; init; }

    /// <summary>Grid that the position table is resampled to when the weights are loaded; null keeps its own.</summary>
    public TokenGrid? PositionGrid { get; init; } = new(42, 68);

    /// <summary>Steps between two checkpoints; null for an epoch's.</summary>
    public long? CheckpointEvery { get; init; }

    /// <summary>Threads that prepare batches; they change speed only.</summary>
    public int LoaderThreads { get; init; } = 1;

    /// <summary>Steps of one pass.</summary>
    /// <param name="images">Training images.</param>
    public long IterationsPerEpoch(int images) => (images + BatchSize - 1L) / BatchSize;

    /// <exception cref="ArgumentException">A value is out of range; the message names it.</exception>
    public void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(BatchSize, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(Epochs, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(Iterations ?? 1, 1, nameof(Iterations));
        ArgumentOutOfRangeException.ThrowIfLessThan(CheckpointEvery ?? 1, 1, nameof(CheckpointEvery));
        ArgumentOutOfRangeException.ThrowIfNegative(WarmupIterations);
        ArgumentOutOfRangeException.ThrowIfNegative(WeightDecay);
        ArgumentOutOfRangeException.ThrowIfNegative(LoaderThreads);
        RequirePositive(LearningRate, nameof(LearningRate));
        RequirePositive(LayerDecayRate, nameof(LayerDecayRate));
        RequirePositive(DecayFactor, nameof(DecayFactor));
        RequirePositive(WarmupRatio, nameof(WarmupRatio));
    }

    private static void RequirePositive(double value, string name)
    {
        if (!(value > 0) || double.IsInfinity(value))
        {
            throw new ArgumentOutOfRangeException(name, value, $"Detection: {name} must be a positive number.");
        }
    }
}
