namespace Poa.Evaluation.Dense.Optimisation;

/// <summary>
/// Learning rate of a group at a step, mmcv's way: a warm-up multiplies the regular rate of the same step. The value is the one used for
/// the step of that number, counted from 0.
/// </summary>
public abstract record LearningRateSchedule
{
    /// <summary>Steps of linear warm-up; 0 for none.</summary>
    public required long WarmupIterations { get; init; }

    /// <summary>Share of the regular rate that step 0 has, in (0, 1].</summary>
    public required double WarmupRatio { get; init; }

    /// <summary>The learning rate of a group.</summary>
    /// <param name="groupRate">Its rate before the schedule: base rate times layer scale.</param>
    /// <param name="iteration">The step.</param>
    public double At(double groupRate, long iteration)
    {
        var regular = Regular(groupRate, iteration);
        return iteration < WarmupIterations
            ? regular * (1 - ((1 - ((double)iteration / WarmupIterations)) * (1 - WarmupRatio)))
            : regular;
    }

    /// <summary>The rate without warm-up.</summary>
    protected abstract double Regular(double groupRate, long iteration);
}

/// <summary>A polynomial from the group's rate to a least rate, which the layer scale does not touch.</summary>
public sealed record PolySchedule : LearningRateSchedule
{
    /// <summary>Steps of the run.</summary>
    public required long Iterations { get; init; }

    /// <summary>The exponent.</summary>
    public double Power { get; init; } = 1;

    /// <summary>Rate at the end.</summary>
    public double MinimumRate { get; init; }

    /// <inheritdoc/>
    protected override double Regular(double groupRate, long iteration)
    {
        var share = Math.Pow(1 - ((double)iteration / Iterations), Power);
        return ((groupRate - MinimumRate) * share) + MinimumRate;
    }
}

/// <summary>A constant rate multiplied by a factor at the start of certain epochs.</summary>
public sealed record StepSchedule : LearningRateSchedule
{
    /// <summary>Epochs, from 0, at whose start the rate falls; ascending.</summary>
    public required IReadOnlyList<int> Epochs { get; init; }

    /// <summary>Steps of an epoch.</summary>
    public required long IterationsPerEpoch { get; init; }

    /// <summary>Factor at each of them.</summary>
    public double Gamma { get; init; } = 0.1;

    /// <inheritdoc/>
    protected override double Regular(double groupRate, long iteration)
    {
        var epoch = iteration / IterationsPerEpoch;
        return groupRate * Math.Pow(Gamma, Epochs.Count(e => epoch >= e));
    }
}
