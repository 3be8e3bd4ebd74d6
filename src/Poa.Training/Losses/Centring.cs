using Poa.Networks;
using Poa.Training.Exchange;
using static TorchSharp.torch;

namespace Poa.Training.Losses;

/// <summary>
/// Teacher targets by centring (DINO, arXiv 2104.14294 §3.1). The centre is moved towards the mean of the virtual shards' means, as the
/// authors' code averages over GPUs; that is not the mean over all rows where shards have different numbers of masked patches.
/// </summary>
internal static class Centring
{
    /// <param name="problems">Teacher outputs; their centres' changes are proposed.</param>
    /// <param name="temperature">Teacher temperature.</param>
    /// <param name="group">The virtual shards of all members.</param>
    /// <returns>For each problem and each of this member's shards: [B, K], rows sum to 1.</returns>
    public static IReadOnlyList<Tensor[]> Assign(IReadOnlyList<AssignmentProblem> problems, double temperature, ShardGroup group)
    {
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        var rows = group.Gather([.. Enumerable.Range(0, group.Local.Count).Select(shard => problems.Select(problem => (double)problem.Logits[shard].shape[0]).ToArray())]);
        long[] prototypes = [.. problems.Select(problem => problem.Logits[0].shape[1])];
        var sums = group.Sum([.. Enumerable.Range(0, group.Local.Count).Select(shard => cat([.. problems.Select(problem => MeanOf(problem.Logits[shard]))], 0))]);
        var means = sums.split(prototypes, 0);
        return
        [
            .. problems.Select((problem, i) =>
            {
                var withRows = rows.Count(shard => shard[i] > 0);
                if (withRows > 0)
                {
                    problem.Centres.Propose(problem.Branch, means[i].DividedBy(withRows).view(1, -1));
                }

                return problem.Logits.Select(logits => problem.Centres.Targets(problem.Branch, logits, temperature).MoveToOuterDisposeScope()).ToArray();
            }),
        ];
    }

    private static Tensor MeanOf(Tensor logits_BK) =>
        logits_BK.shape[0] > 0 ? logits_BK.mean([0L]) : zeros(logits_BK.shape[1], device: logits_BK.device);
}
