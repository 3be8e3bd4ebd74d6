using Microsoft.Extensions.Logging;

namespace Poa.Actors;

/// <summary>
/// Carries reports from the worker's threads to the shard grain. A report that matters is repeated until it has arrived: owners
/// take each in once. Reports are sent one after the other, so that none overtakes another.
/// </summary>
internal sealed partial class WorkReporter(IGrainFactory grains, WorkLease lease, WorkerLife life, TimeProvider time, ILogger logger)
    : IWorkReporter
{
    private static readonly TimeSpan FirstDelay = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan LongestDelay = TimeSpan.FromSeconds(5);
    private readonly ILogger _logger = logger;
    private readonly SemaphoreSlim _order = new(1, 1);

    /// <inheritdoc/>
    public async Task<ReportVerdict> ProgressAsync(WorkProgress progress, CancellationToken cancellationToken = default)
    {
        try
        {
            return (await Shard().ReportAsync(lease.Owner, new ProgressReport(lease.WorkId, lease.FencingToken, progress), cancellationToken)).Verdict;
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            LogProgressLost(e, lease.WorkId);
            return ReportVerdict.Accepted;
        }
    }

    /// <inheritdoc/>
    public async Task<ReportVerdict> CheckpointAsync(RunCheckpoint checkpoint, CancellationToken cancellationToken = default) =>
        (await SendAsync(new CheckpointReport(lease.WorkId, lease.FencingToken, checkpoint), cancellationToken)).Verdict;

    /// <inheritdoc/>
    public async Task<IReadOnlyList<long>> RetireAsync(
        IReadOnlyList<long> iterations, IReadOnlyList<long> standing, CancellationToken cancellationToken = default) =>
        (await SendAsync(new RetireReport(lease.WorkId, lease.FencingToken, [.. iterations], [.. standing]), cancellationToken)).Retired;

    /// <inheritdoc/>
    public async Task<RunCourse?> CourseAsync(CancellationToken cancellationToken = default) =>
        (await SendAsync(new CourseReport(lease.WorkId, lease.FencingToken), cancellationToken)).Course;

    /// <inheritdoc/>
    public async Task<ReportVerdict> ResultAsync(IReadOnlyList<EvaluationResult> results, CancellationToken cancellationToken = default) =>
        (await SendAsync(new ResultReport(lease.WorkId, lease.FencingToken, [.. results]), cancellationToken)).Verdict;

    /// <inheritdoc/>
    public async Task<ReportVerdict> NoteAsync(NoteLevel level, string message, CancellationToken cancellationToken = default) =>
        (await SendAsync(new NoteReport(lease.WorkId, lease.FencingToken, level, message), cancellationToken)).Verdict;

    /// <inheritdoc/>
    public async Task<ReportVerdict> CompletedAsync(WorkCompletion completion, CancellationToken cancellationToken = default) =>
        (await SendAsync(new CompletedReport(lease.WorkId, lease.FencingToken, completion), cancellationToken)).Verdict;

    /// <inheritdoc/>
    public async Task<ReportVerdict> FailedAsync(WorkError error, CancellationToken cancellationToken = default) =>
        (await SendAsync(new FailedReport(lease.WorkId, lease.FencingToken, error), cancellationToken)).Verdict;

    /// <inheritdoc/>
    public async Task<ReportVerdict> DivergedAsync(TrainingDivergence divergence, CancellationToken cancellationToken = default) =>
        (await SendAsync(new DivergedReport(lease.WorkId, lease.FencingToken, divergence), cancellationToken)).Verdict;

    /// <inheritdoc/>
    public async Task<ReportVerdict> StoppedAsync(StopReason reason, CancellationToken cancellationToken = default) =>
        (await SendAsync(new StoppedReport(lease.WorkId, lease.FencingToken, reason), cancellationToken)).Verdict;

    private IWorkerShardGrain Shard() => grains.GetGrain<IWorkerShardGrain>(lease.Shard);

    private async Task<ReportReceipt> SendAsync(WorkReport report, CancellationToken cancellationToken)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, life.Ended);
        try
        {
            await _order.WaitAsync(either.Token);
            try
            {
                return await RepeatAsync(report, either.Token);
            }
            finally
            {
                _order.Release();
            }
        }
        catch (OperationCanceledException) when (life.Ended.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            // The silo is down, and with it the lease: the work starts again from its last checkpoint.
            return ReportReceipt.Refused;
        }
    }

    private async Task<ReportReceipt> RepeatAsync(WorkReport report, CancellationToken cancellationToken)
    {
        for (var delay = FirstDelay; ; delay = delay * 2 < LongestDelay ? delay * 2 : LongestDelay)
        {
            try
            {
                return await Shard().ReportAsync(lease.Owner, report, cancellationToken);
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                LogRepeated(e, lease.WorkId, report.GetType().Name, delay);
                await Task.Delay(delay, time, cancellationToken);
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Report {Report} on work {WorkId} did not arrive; repeated in {Delay}")]
    private partial void LogRepeated(Exception exception, string workId, string report, TimeSpan delay);

    [LoggerMessage(Level = LogLevel.Debug, Message = "A progress report on work {WorkId} was lost")]
    private partial void LogProgressLost(Exception exception, string workId);
}
