using System.Collections.Concurrent;
using Poa.Actors.Abstractions;

namespace Poa.Worker.Tests.Execution;

/// <summary>Keeps every report; answers as told.</summary>
internal sealed class RecordingReporter : IWorkReporter
{
    public ConcurrentQueue<object> Reports { get; } = new();

    public ReportVerdict Verdict { get; set; } = ReportVerdict.Accepted;

    /// <summary>Checkpoints that jobs use.</summary>
    public HashSet<long> InUse { get; } = [];

    /// <summary>The rollbacks behind the run.</summary>
    public RunCourse Course { get; set; } = RunCourse.Undisturbed;

    public IEnumerable<T> Of<T>() => Reports.OfType<T>();

    public Task<ReportVerdict> ProgressAsync(WorkProgress progress, CancellationToken cancellationToken = default) => Take(progress);

    public Task<ReportVerdict> CheckpointAsync(RunCheckpoint checkpoint, CancellationToken cancellationToken = default) => Take(checkpoint);

    public Task<IReadOnlyList<long>> RetireAsync(IReadOnlyList<long> iterations, IReadOnlyList<long> standing, CancellationToken cancellationToken = default) =>
        Task.FromResult<IReadOnlyList<long>>(Verdict == ReportVerdict.Refused ? [] : [.. iterations.Where(i => !InUse.Contains(i))]);

    public Task<RunCourse?> CourseAsync(CancellationToken cancellationToken = default) => Task.FromResult(Verdict == ReportVerdict.Refused ? null : Course);

    public Task<ReportVerdict> ResultAsync(IReadOnlyList<EvaluationResult> results, CancellationToken cancellationToken = default)
    {
        foreach (var result in results)
        {
            Reports.Enqueue(result);
        }

        return Task.FromResult(Verdict);
    }

    public Task<ReportVerdict> NoteAsync(NoteLevel level, string message, CancellationToken cancellationToken = default) => Take(new Note(level, message));

    public Task<ReportVerdict> CompletedAsync(WorkCompletion completion, CancellationToken cancellationToken = default) => Take(completion);

    public Task<ReportVerdict> FailedAsync(WorkError error, CancellationToken cancellationToken = default) => Take(error);

    public Task<ReportVerdict> DivergedAsync(TrainingDivergence divergence, CancellationToken cancellationToken = default) => Take(divergence);

    public Task<ReportVerdict> StoppedAsync(StopReason reason, CancellationToken cancellationToken = default) => Take(reason);

    private Task<ReportVerdict> Take(object report)
    {
        Reports.Enqueue(report);
        return Task.FromResult(Verdict);
    }

    internal sealed record Note(NoteLevel Level, string Message);
}
