using Poa.Actors.Abstractions;
using Poa.Actors.Client;

namespace Poa.Cli.Rendering;

/// <summary>Turns what grains say about their standing into progress lines.</summary>
internal static class Standing
{
    /// <summary>Where a run stands.</summary>
    public static ProgressSnapshot Of(string run, RunStatus status, WorkProgress? progress) => Snapshot($"{run} {Word(status)}", progress, status == RunStatus.Running);

    /// <summary>Where a sweep stands.</summary>
    public static ProgressSnapshot Of(SweepSnapshot sweep)
    {
        var specification = sweep.Specification;
        var title = string.Create(Formats.Plain,
            $"{specification.Benchmark} of {specification.Run} at {specification.Iteration}: {sweep.Count(JobStatus.Completed)}/{sweep.Jobs.Length} results");
        return Snapshot(title, sweep.Progress, !sweep.IsFinished);
    }

    /// <summary>Where a search stands.</summary>
    public static ProgressSnapshot Of(SearchSnapshot search)
    {
        var specification = search.Specification;
        var now = search.Rounds is [.., { IsFinished: false } open] ? $", {open.Benchmark} of {string.Join(' ', open.SubNetworks)}" : "";
        return Snapshot(
            string.Create(Formats.Plain, $"{specification.SearchId} {Word(search.Status)}: {search.Evaluations}/{specification.Evaluations} evaluations, best {search.Best ?? "none yet"}{now}"),
            search.Progress,
            !search.IsFinished);
    }

    /// <summary>Where an ablation stands, and what is done for one of its runs.</summary>
    public static ProgressSnapshot Of(AblationSnapshot ablation)
    {
        var now = ablation.Runs.FirstOrDefault(run => run is { IsFinished: false, Progress: not null } && run.Training is null or RunStatus.Running);
        return Snapshot(
            $"{ablation.Specification.AblationId} {AblationLines.Word(ablation.Status)}: {AblationText.Count(ablation)}{(now is null ? "" : $", {AblationText.Standing(now)} {now.Run}")}",
            now?.Progress,
            !ablation.IsFinished);
    }

    /// <summary>A state in lower case, as commands print it.</summary>
    public static string Word<T>(T status) where T : struct, Enum => status.ToString().ToLowerInvariant();

    private static ProgressSnapshot Snapshot(string title, WorkProgress? progress, bool running) => progress is null
        ? new ProgressSnapshot(title, 0, 0, "")
        : new ProgressSnapshot(
            title, progress.Done, progress.Total, progress.Unit,
            running ? progress.ImagesPerSecond : null, progress.Loss, running ? progress.Remaining : null,
            running && progress.Phase != "training" ? progress.Phase : "");
}
