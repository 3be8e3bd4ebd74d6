namespace Poa.Evaluation.Attention;

/// <summary>How concentrated attention is.</summary>
public static class AttentionFocus
{
    /// <summary>Share of the attention that DINO's figures keep (arXiv 2104.14294, fig. 3 and 4).</summary>
    public const double Mass = 0.6;

    /// <summary>The smallest share of patches that together hold a share of the attention on all patches.</summary>
    /// <param name="weights">A weight for each patch, not negative, with a sum above 0.</param>
    /// <param name="mass">Share of the attention to be held, in (0, 1].</param>
    /// <returns>In (0, 1].</returns>
    public static double ShareHolding(ReadOnlySpan<float> weights, double mass = Mass)
    {
        ArgumentOutOfRangeException.ThrowIfZero(weights.Length);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(mass);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(mass, 1);
        var ordered = weights.ToArray();
        Array.Sort(ordered);
        var wanted = mass * ordered.Sum(weight => (double)weight);
        var held = 0.0;
        for (var taken = 1; taken < ordered.Length; taken++)
        {
            held += ordered[^taken];
            if (held >= wanted)
            {
                return (double)taken / ordered.Length;
            }
        }

        return 1;
    }
}
