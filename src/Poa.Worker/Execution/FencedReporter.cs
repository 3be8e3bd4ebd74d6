using Poa.Actors.Abstractions;

namespace Poa.Worker.Execution;

/// <summary>Passes reports on, and stops the work as soon as one is refused: its lease has gone to another.</summary>
internal sealed class FencedReporter(IWorkReporter reporter, StopSignal stop)
{
    /// <inheritdoc cref="IWorkReporter.ProgressAsync"/>
    public Task ProgressAsync(WorkProgress progress) => Checked(reporter.ProgressAsync(progress, stop.Lost));

    /// <inheritdoc cref="IWorkReporter.NoteAsync"/>
    public Task NoteAsync(NoteLevel level, string message) => Checked(reporter.NoteAsync(level, message, stop.Lost));

    /// <inheritdoc cref="IWorkReporter.CheckpointAsync"/>
    public Task CheckpointAsync(RunCheckpoint checkpoint) => Checked(reporter.CheckpointAsync(checkpoint, stop.Lost));

    /// <inheritdoc cref="IWorkReporter.ResultAsync"/>
    public Task ResultAsync(IReadOnlyList<EvaluationResult> results) => Checked(reporter.ResultAsync(results, stop.Lost));

    /// <inheritdoc cref="IWorkReporter.RetireAsync"/>
    public Task<IReadOnlyList<long>> RetireAsync(IReadOnlyList<long> iterations) => reporter.RetireAsync(iterations, stop.Lost);

    private async Task Checked(Task<ReportVerdict> report)
    {
        if (await report.ConfigureAwait(false) == ReportVerdict.Refused)
        {
            stop.Request(StopReason.LeaseLost);
            stop.Lost.ThrowIfCancellationRequested();
        }
    }
}
