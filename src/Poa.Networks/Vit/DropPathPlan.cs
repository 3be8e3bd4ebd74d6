using Poa.Elastic;

namespace Poa.Networks;

/// <summary>
/// Stochastic depth of one forward pass: which samples each residual branch is computed for, and by what its output is scaled to make up
/// for the others. A pure function of (seed, iteration, branch); nothing is drawn while the network runs.
/// </summary>
/// <param name="rates">Gives the rate of every block.</param>
/// <param name="seed">Seed of the run.</param>
/// <param name="iteration">Training step.</param>
/// <param name="branch">Tells apart several passes in one step, for example 0 for the intact student and 1 for the elastic one.</param>
public sealed class DropPathPlan(IDropPathRates rates, long seed, long iteration, int branch = 0)
{
    // Up to this rate, and for a single input, the authors' ViT drops samples independently of each other; otherwise a fixed number.
    private const double IndependentUpTo = 0.1;

    private const int MaxInputs = 64;

    /// <summary>Whether anything is dropped at all.</summary>
    public bool IsActive => rates.DropPathRate > 0;

    /// <summary>The samples of one input that a residual branch is computed for.</summary>
    /// <param name="block">Index of the block in the intact network.</param>
    /// <param name="residual">0 for attention, 1 for the feed-forward.</param>
    /// <param name="input">Place of the input in the forward pass.</param>
    /// <param name="inputs">Number of inputs of the forward pass, at most 64.</param>
    /// <param name="batch">Samples of the input.</param>
    public KeptSamples Kept(int block, int residual, int input, int inputs, int batch)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(inputs, MaxInputs);
        var rate = rates.DropPathRateOf(block);
        if (rate == 0)
        {
            return new KeptSamples([.. Enumerable.Range(0, batch)], 1);
        }

        var place = ((((long)branch * rates.BlockCount) + block) * 2) + residual;
        var random = Randomness.For(seed, RandomPurpose.DropPath, iteration, (place * MaxInputs) + input);
        if (rates.DropsIndependently || (inputs == 1 && rate <= IndependentUpTo))
        {
            return new KeptSamples([.. Enumerable.Range(0, batch).Where(_ => random.NextBool(1 - rate))], 1 / (1 - rate));
        }

        var count = Math.Max((int)(batch * (1 - rate)), 1);
        var kept = random.Permutation(batch)[..count];
        Array.Sort(kept);
        return new KeptSamples(kept, (double)batch / count);
    }
}

/// <summary>Samples a residual branch is computed for.</summary>
/// <param name="Indices">Ascending places in the batch; may be empty.</param>
/// <param name="Scale">Factor on the branch's output.</param>
public sealed record KeptSamples(IReadOnlyList<int> Indices, double Scale);
