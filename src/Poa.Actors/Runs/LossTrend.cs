using System.Collections.Immutable;

namespace Poa.Actors;

/// <summary>
/// The course of the loss in constant memory: value number i (from 0) stands for iteration (i + 1) x <paramref name="Stride"/>.
/// When it is full every second value goes, and the distance doubles.
/// </summary>
/// <param name="Stride">Iterations between two values; 0 before the first.</param>
/// <param name="Values">Oldest first, at most <see cref="CatalogEntry.MaxTrend"/>.</param>
internal sealed record LossTrend(long Stride, ImmutableArray<float> Values)
{
    /// <summary>No values.</summary>
    public static LossTrend Empty { get; } = new(0, []);

    /// <summary>
    /// Takes in a report. The first one sets the distance, since reports come far less often than iterations; a report that comes
    /// after several distances stands for all of them. Iterations that are in it already, as after a resume, change nothing.
    /// </summary>
    public LossTrend Add(WorkProgress progress)
    {
        if (progress is not { Loss: { } loss, Done: > 0 })
        {
            return this;
        }

        var (stride, values) = Stride == 0 ? (progress.Done, Values) : (Stride, Values);
        while (progress.Done / stride > values.Length)
        {
            if (values.Length == CatalogEntry.MaxTrend)
            {
                values = [.. values.Where((_, i) => i % 2 == 1)];
                stride *= 2;
            }
            else
            {
                values = values.Add((float)loss);
            }
        }

        return stride == Stride && values.Length == Values.Length ? this : new LossTrend(stride, values);
    }

    /// <summary>Forgets what lies after an iteration: the run has been taken back to it.</summary>
    public LossTrend Until(long iteration)
    {
        var kept = Stride == 0 ? 0 : (int)Math.Min(iteration / Stride, Values.Length);
        return kept == Values.Length ? this : kept == 0 ? Empty : this with { Values = Values[..kept] };
    }
}
