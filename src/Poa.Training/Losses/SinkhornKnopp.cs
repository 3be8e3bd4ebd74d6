using Poa.Networks;
using Poa.Training.Exchange;
using TorchSharp;
using static TorchSharp.torch;

namespace Poa.Training.Losses;

/// <summary>
/// Teacher targets by the Sinkhorn-Knopp algorithm (SwAV, arXiv 2006.09882 §3.1): an assignment of samples to prototypes
/// that uses all prototypes equally, over the samples of all virtual shards.
/// </summary>
internal static class SinkhornKnopp
{
    /// <summary>Iterations of the authors' code.</summary>
    public const int Iterations = 3;

    // Keeps a prototype or sample whose weights all underflow from turning into a division by zero.
    private const double Tiny = 1e-37;

    /// <param name="logits">For each problem (the branches' class tokens and patches) and each of this member's virtual shards the teacher's outputs, [B, K]; B may be 0.</param>
    /// <param name="temperature">Teacher temperature.</param>
    /// <param name="group">The virtual shards of all members.</param>
    /// <param name="iterations">Rounds of row and column normalisation.</param>
    /// <returns>In the places of the inputs: [B, K], rows sum to 1.</returns>
    public static IReadOnlyList<Tensor[]> Assign(IReadOnlyList<Tensor[]> logits, double temperature, ShardGroup group, int iterations = Iterations)
    {
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        using var tiny = Tiny.ToScalar();
        using var divisor = temperature.ToScalar();
        int[] shards = [.. Enumerable.Range(0, group.Local.Count)];
        var rows = group.Gather([.. shards.Select(shard => logits.Select(problem => (double)problem[shard].shape[0]).ToArray())]);
        double[] samples = [.. logits.Select((_, i) => rows.Sum(shard => shard[i]))];
        long[] prototypes = [.. logits.Select(problem => problem[0].shape[1])];

        // Every normalisation scales whole rows or columns, so Q = diag(v) P diag(u) throughout: only u and v are updated,
        // by matrix-vector products, and P is read but never rewritten. A constant factor on P cancels out, which
        // allows the largest logit to be subtracted against overflow.
        var largest = group.Max(stack([.. logits.Select(problem => problem.Select(MaxOf).Aggregate(maximum))])).split(1, 0);
        Tensor[][] p_BK = [.. logits.Select((problem, i) => problem.Select(logits_BK => logits_BK.sub(largest[i].squeeze()).div_(divisor).exp_()).ToArray())];
        Tensor[][] v_B = [.. p_BK.Select(problem => problem.Select(p => ones(p.shape[0], device: p.device)).ToArray())];
        Tensor[] u_K = [.. p_BK.Select(problem => ones(problem[0].shape[1], device: problem[0].device))];
        for (var iteration = 0; iteration < iterations; iteration++)
        {
            // All problems' sums over samples travel together.
            var sums = group.Sum([.. shards.Select(shard => cat([.. p_BK.Select((problem, i) => problem[shard].t().mv(v_B[i][shard]))], 0))]).split(prototypes, 0);
            for (var i = 0; i < logits.Count; i++)
            {
                // A tensor of its own: where in memory a vector begins decides how a product with it is rounded.
                u_K[i] = sums[i].Times(prototypes[i] / samples[i]).clamp_min_(tiny).reciprocal_();
                foreach (var shard in shards)
                {
                    v_B[i][shard] = p_BK[i][shard].mv(u_K[i]).clamp_min_(tiny).reciprocal_();
                }
            }
        }

        return [.. p_BK.Select((problem, i) => problem.Select((p, shard) => p.mul_(u_K[i]).mul_(v_B[i][shard].unsqueeze(1)).MoveToOuterDisposeScope()).ToArray())];
    }

    private static Tensor MaxOf(Tensor logits_BK) =>
        logits_BK.shape[0] > 0 ? logits_BK.max() : tensor(float.NegativeInfinity, device: logits_BK.device);
}
