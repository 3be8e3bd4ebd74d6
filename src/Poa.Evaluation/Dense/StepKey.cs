using Poa.Elastic;

namespace Poa.Evaluation.Dense;

/// <summary>
/// Which training step a forward pass belongs to: all that random choices within it may depend on, beside the sample's place in the batch.
/// </summary>
/// <param name="Seed">Seed of the run.</param>
/// <param name="Iteration">The step, from 0.</param>
public sealed record StepKey(long Seed, long Iteration)
{
    /// <summary>The random numbers of one sample of this step.</summary>
    /// <param name="purpose">What they are for.</param>
    /// <param name="sample">Place in the batch.</param>
    public RandomStream Stream(RandomPurpose purpose, long sample) => Randomness.For(Seed, purpose, Iteration, sample);
}
