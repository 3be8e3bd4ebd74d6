using Poa.Actors.Abstractions;

namespace Poa.Worker.Execution;

/// <summary>
/// Passes reports on, and stops the work as soon as one is refused: its lease has gone to another. What is reported stands in the log.
/// </summary>
internal sealed class FencedReporter(IWorkReporter reporter, StopSignal stop, WorkLog log)
{
    /// <inheritdoc cref="IWorkReporter.ProgressAsync"/>
    public Task ProgressAsync(WorkProgress progress)
    {
        log.Progress(progress);
        return Checked(reporter.ProgressAsync(progress, stop.Lost));
    }

    /// <inheritdoc cref="IWorkReporter.NoteAsync"/>
    public Task NoteAsync(NoteLevel level, string message)
    {
        log.Note(level, message);
        return Checked(reporter.NoteAsync(level, message, stop.Lost));
    }

    /// <inheritdoc cref="IWorkReporter.CheckpointAsync"/>
    public Task CheckpointAsync(RunCheckpoint checkpoint)
    {
        log.Information($"Checkpoint {checkpoint.Iteration} is published: {checkpoint.Size} bytes, {checkpoint.ManifestSha256}.");
        return Checked(reporter.CheckpointAsync(checkpoint, stop.Lost));
    }

    /// <inheritdoc cref="IWorkReporter.ResultAsync"/>
    public Task ResultAsync(IReadOnlyList<EvaluationResult> results)
    {
        log.Information($"Results: {string.Join(", ", results.Select(result => result.SubNetwork))}.");
        return Checked(reporter.ResultAsync(results, stop.Lost));
    }

    /// <inheritdoc cref="IWorkReporter.RetireAsync"/>
    public async Task<IReadOnlyList<long>> RetireAsync(IReadOnlyList<long> iterations, IReadOnlyList<long> standing)
    {
        var free = await reporter.RetireAsync(iterations, standing, stop.Lost).ConfigureAwait(false);
        if (free.Count > 0)
        {
            log.Information($"Checkpoints no longer kept: {string.Join(", ", free)}.");
        }

        return free;
    }

    /// <inheritdoc cref="IWorkReporter.CourseAsync"/>
    public async Task<RunCourse> CourseAsync()
    {
        if (await reporter.CourseAsync(stop.Lost).ConfigureAwait(false) is { } course)
        {
            return course;
        }

        stop.Request(StopReason.LeaseLost);
        throw new OperationCanceledException(stop.Lost);
    }

    private async Task Checked(Task<ReportVerdict> report)
    {
        if (await report.ConfigureAwait(false) == ReportVerdict.Refused)
        {
            stop.Request(StopReason.LeaseLost);
            stop.Lost.ThrowIfCancellationRequested();
        }
    }
}
