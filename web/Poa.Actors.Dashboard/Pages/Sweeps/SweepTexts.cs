namespace Poa.Actors.Dashboard.Pages.Sweeps;

/// <summary>How sweeps are put into words.</summary>
internal static class SweepTexts
{
    /// <summary>The part of a sweep that has ended, with the pass that runs counted by its own progress; in [0, 1].</summary>
    /// <param name="sweep">The sweep.</param>
    public static double Share(SweepEntry sweep) => Share(sweep.Total, sweep.Completed + sweep.Failed, sweep.Progress);

    /// <summary>The part that has ended.</summary>
    /// <param name="total">Evaluations asked for.</param>
    /// <param name="ended">Evaluations that have ended.</param>
    /// <param name="progress">Progress of the pass that runs over the rest.</param>
    public static double Share(int total, int ended, WorkProgress? progress)
    {
        if (total == 0)
        {
            return 0;
        }

        var pass = progress is { Total: > 0 } ? Math.Clamp((double)progress.Done / progress.Total, 0, 1) : 0;
        return (ended + ((total - ended) * pass)) / total;
    }

    /// <summary>Such as <c>12 of 20, 1 failed, 3 reused</c>.</summary>
    /// <param name="sweep">The sweep.</param>
    public static string Counts(SweepEntry sweep) =>
        $"{sweep.Completed} of {sweep.Total}{(sweep.Failed > 0 ? $", {sweep.Failed} failed" : "")}{(sweep.Reused > 0 ? $", {sweep.Reused} reused" : "")}";

    /// <summary>The title of a benchmark; its name if this version does not know it.</summary>
    /// <param name="name">Its name.</param>
    public static string Benchmark(string name) => Benchmarks.Described.FirstOrDefault(benchmark => benchmark.Name == name)?.Title ?? name;

    /// <summary>True if an evaluation can be asked for again.</summary>
    /// <param name="job">The evaluation.</param>
    public static bool CanRetry(SweepJob job) => job.Status is JobStatus.Failed or JobStatus.Quarantined or JobStatus.Cancelled;
}
