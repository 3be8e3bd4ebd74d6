namespace Poa.Evaluation.Dense.Training;

/// <summary>How a network is fine-tuned, beside data, losses, groups and schedule.</summary>
public sealed record FineTuningOptions
{
    /// <summary>Seed of data order, augmentation, drop path and dropout.</summary>
    public required long Seed { get; init; }

    /// <summary>Steps of the whole run.</summary>
    public required long Iterations { get; init; }

    /// <summary>Steps between two checkpoints; there is one at the end and one when cancelled in any case.</summary>
    public long CheckpointEvery { get; init; } = 1000;

    /// <summary>Folder of the checkpoints, of this run alone.</summary>
    public required string CheckpointFolder { get; init; }

    /// <summary>
    /// All that decides what the run computes, in words: a checkpoint of another description is not continued. Batches, losses and groups are
    /// known to the caller only, so they belong here.
    /// </summary>
    public required string Description { get; init; }

    /// <summary>Threads that prepare batches; they change speed only. With 0 the training thread does it.</summary>
    public int LoaderThreads { get; init; } = 1;

    /// <summary>Batches prepared ahead.</summary>
    public int Ahead { get; init; } = 2;

    /// <summary>So many steps in a row whose loss or gradient is not finite end the run with an error; each of them changes nothing.</summary>
    public int MaximumSkippedInARow { get; init; } = 20;

    /// <exception cref="ArgumentException">A value is out of range; the message names it and the range.</exception>
    public void Validate()
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(CheckpointFolder);
        ArgumentException.ThrowIfNullOrWhiteSpace(Description);
        ArgumentOutOfRangeException.ThrowIfLessThan(Iterations, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(CheckpointEvery, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(LoaderThreads);
        ArgumentOutOfRangeException.ThrowIfLessThan(Ahead, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaximumSkippedInARow, 1);
    }
}
