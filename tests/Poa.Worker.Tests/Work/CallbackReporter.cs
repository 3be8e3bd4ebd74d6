using Poa.Actors.Abstractions;
using Poa.Worker.Tests.Execution;

namespace Poa.Worker.Tests.Work;

/// <summary>Calls back after each report of progress; passes everything on.</summary>
internal sealed class CallbackReporter(RecordingReporter inner, Action<WorkProgress> onProgress) : IWorkReporter
{
    public async Task<ReportVerdict> ProgressAsync(WorkProgress progress, CancellationToken cancellationToken = default)
    {
        var verdict = await inner.ProgressAsync(progress, cancellationToken);
        onProgress(progress);
        return verdict;
    }

    public Task<ReportVerdict> CheckpointAsync(RunCheckpoint checkpoint, CancellationToken cancellationToken = default) => inner.CheckpointAsync(checkpoint, cancellationToken);

    public Task<IReadOnlyList<long>> RetireAsync(IReadOnlyList<long> iterations, IReadOnlyList<long> standing, CancellationToken cancellationToken = default) =>
        inner.RetireAsync(iterations, standing, cancellationToken);

    public Task<RunCourse?> CourseAsync(CancellationToken cancellationToken = default) => inner.CourseAsync(cancellationToken);

    public Task<ReportVerdict> ResultAsync(IReadOnlyList<EvaluationResult> results, CancellationToken cancellationToken = default) => inner.ResultAsync(results, cancellationToken);

    public Task<ReportVerdict> NoteAsync(NoteLevel level, string message, CancellationToken cancellationToken = default) => inner.NoteAsync(level, message, cancellationToken);

    public Task<ReportVerdict> CompletedAsync(WorkCompletion completion, CancellationToken cancellationToken = default) => inner.CompletedAsync(completion, cancellationToken);

    public Task<ReportVerdict> FailedAsync(WorkError error, CancellationToken cancellationToken = default) => inner.FailedAsync(error, cancellationToken);

    public Task<ReportVerdict> DivergedAsync(TrainingDivergence divergence, CancellationToken cancellationToken = default) => inner.DivergedAsync(divergence, cancellationToken);

    public Task<ReportVerdict> StoppedAsync(StopReason reason, CancellationToken cancellationToken = default) => inner.StoppedAsync(reason, cancellationToken);
}
