namespace Poa.Elastic;

/// <summary>
/// A value per step: zero while frozen, a linear warm-up that includes both its ends, then half a cosine from the base to the final
/// value. Past the run's end it is the final value.
/// </summary>
public sealed record CosineSchedule
{
    /// <param name="baseValue">Value at the start of the cosine (and end of the warm-up).</param>
    /// <param name="finalValue">Value the cosine tends to, and value at and after <paramref name="totalIterations"/>.</param>
    /// <param name="totalIterations">Steps of the run.</param>
    /// <param name="warmupIterations">Steps of the warm-up.</param>
    /// <param name="startWarmupValue">Value at the first step of the warm-up.</param>
    /// <param name="freezeIterations">Steps at zero before the warm-up.</param>
    /// <param name="iterationNumberScale">
    /// The cosine is laid over trunc(total / this) steps, of which the run does the first <paramref name="totalIterations"/>; below 1 it is
    /// cut off before its end. In [0.7, 1].
    /// </param>
    /// <exception cref="ArgumentException">Freeze and warm-up are longer than the run.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A count is negative, or the scale out of range.</exception>
    public CosineSchedule(
        double baseValue,
        double finalValue,
        long totalIterations,
        long warmupIterations = 0,
        double startWarmupValue = 0,
        long freezeIterations = 0,
        double iterationNumberScale = 1)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(totalIterations);
        ArgumentOutOfRangeException.ThrowIfNegative(warmupIterations);
        ArgumentOutOfRangeException.ThrowIfNegative(freezeIterations);
        ArgumentOutOfRangeException.ThrowIfLessThan(iterationNumberScale, 0.7);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(iterationNumberScale, 1);
        if (warmupIterations + freezeIterations > totalIterations)
        {
            throw new ArgumentException(
                $"{freezeIterations} frozen and {warmupIterations} warm-up steps do not fit into {totalIterations} steps.", nameof(warmupIterations));
        }

        BaseValue = baseValue;
        FinalValue = finalValue;
        TotalIterations = totalIterations;
        WarmupIterations = warmupIterations;
        StartWarmupValue = startWarmupValue;
        FreezeIterations = freezeIterations;
        CosineIterations = (long)(totalIterations / iterationNumberScale) - warmupIterations - freezeIterations;
    }

    /// <summary>Value at the start of the cosine.</summary>
    public double BaseValue { get; }

    /// <summary>Value after the end.</summary>
    public double FinalValue { get; }

    /// <summary>Steps of the run.</summary>
    public long TotalIterations { get; }

    /// <summary>Steps of the warm-up.</summary>
    public long WarmupIterations { get; }

    /// <summary>Value at the first step of the warm-up.</summary>
    public double StartWarmupValue { get; }

    /// <summary>Steps at zero before the warm-up.</summary>
    public long FreezeIterations { get; }

    /// <summary>Steps of the whole, possibly stretched, half cosine.</summary>
    public long CosineIterations { get; }

    /// <summary>The value of one step.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The step is negative.</exception>
    public double At(long iteration)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(iteration);
        if (iteration >= TotalIterations)
        {
            return FinalValue;
        }

        if (iteration < FreezeIterations)
        {
            return 0;
        }

        var step = iteration - FreezeIterations;
        return step < WarmupIterations
            ? Linspace.At(StartWarmupValue, BaseValue, WarmupIterations, step)
            : FinalValue + (0.5 * (BaseValue - FinalValue) * (1 + Math.Cos(Math.PI * (step - WarmupIterations) / CosineIterations)));
    }
}
