using System.Collections.Immutable;

namespace Poa.Actors.Abstractions;

/// <summary>What a worker tells the owner of its work.</summary>
/// <param name="WorkId">The work item.</param>
/// <param name="FencingToken">Token of the lease it was done under.</param>
[GenerateSerializer, Immutable, Alias("poa.WorkReport")]
public abstract record WorkReport([property: Id(0)] string WorkId, [property: Id(1)] long FencingToken)
{
    /// <summary>True if the worker has put the work down with this report.</summary>
    public virtual bool IsTerminal => false;
}

/// <summary>How far the work is.</summary>
/// <param name="WorkId">The work item.</param>
/// <param name="FencingToken">Token of the lease.</param>
/// <param name="Progress">How far.</param>
[GenerateSerializer, Immutable, Alias("poa.ProgressReport")]
public sealed record ProgressReport(string WorkId, long FencingToken, [property: Id(0)] WorkProgress Progress)
    : WorkReport(WorkId, FencingToken);

/// <summary>A checkpoint has been published (its manifest is stored).</summary>
/// <param name="WorkId">The work item.</param>
/// <param name="FencingToken">Token of the lease.</param>
/// <param name="Checkpoint">The checkpoint.</param>
[GenerateSerializer, Immutable, Alias("poa.CheckpointReport")]
public sealed record CheckpointReport(string WorkId, long FencingToken, [property: Id(0)] RunCheckpoint Checkpoint)
    : WorkReport(WorkId, FencingToken);

/// <summary>
/// The worker would like to remove checkpoints. Those named in the receipt are struck off the run and may be deleted; the others
/// are in use.
/// </summary>
/// <param name="WorkId">The work item.</param>
/// <param name="FencingToken">Token of the lease.</param>
/// <param name="Iterations">Iterations of the checkpoints that retention no longer asks for.</param>
/// <param name="Standing">Iterations of all checkpoints that are in the blob store; default if that is not known.</param>
[GenerateSerializer, Immutable, Alias("poa.RetireReport")]
public sealed record RetireReport(
    string WorkId, long FencingToken, [property: Id(0)] ImmutableArray<long> Iterations, [property: Id(1)] ImmutableArray<long> Standing = default)
    : WorkReport(WorkId, FencingToken);

/// <summary>Evaluation results of one or more sub-networks.</summary>
/// <param name="WorkId">The work item.</param>
/// <param name="FencingToken">Token of the lease.</param>
/// <param name="Results">One result for each sub-network that is ready.</param>
[GenerateSerializer, Immutable, Alias("poa.ResultReport")]
public sealed record ResultReport(string WorkId, long FencingToken, [property: Id(0)] ImmutableArray<EvaluationResult> Results)
    : WorkReport(WorkId, FencingToken);

/// <summary>Something people should read: a skipped image, a damaged checkpoint, the iteration that work goes on from.</summary>
/// <param name="WorkId">The work item.</param>
/// <param name="FencingToken">Token of the lease.</param>
/// <param name="Level">How much it matters.</param>
/// <param name="Message">The text.</param>
[GenerateSerializer, Immutable, Alias("poa.NoteReport")]
public sealed record NoteReport(string WorkId, long FencingToken, [property: Id(0)] NoteLevel Level, [property: Id(1)] string Message)
    : WorkReport(WorkId, FencingToken);

/// <summary>The work is done.</summary>
/// <param name="WorkId">The work item.</param>
/// <param name="FencingToken">Token of the lease.</param>
/// <param name="Completion">What came out.</param>
[GenerateSerializer, Immutable, Alias("poa.CompletedReport")]
public sealed record CompletedReport(string WorkId, long FencingToken, [property: Id(0)] WorkCompletion Completion)
    : WorkReport(WorkId, FencingToken)
{
    /// <inheritdoc/>
    public override bool IsTerminal => true;
}

/// <summary>The work ended with an error.</summary>
/// <param name="WorkId">The work item.</param>
/// <param name="FencingToken">Token of the lease.</param>
/// <param name="Error">The error.</param>
[GenerateSerializer, Immutable, Alias("poa.FailedReport")]
public sealed record FailedReport(string WorkId, long FencingToken, [property: Id(0)] WorkError Error)
    : WorkReport(WorkId, FencingToken)
{
    /// <inheritdoc/>
    public override bool IsTerminal => true;
}

/// <summary>The work was stopped as asked.</summary>
/// <param name="WorkId">The work item.</param>
/// <param name="FencingToken">Token of the lease.</param>
/// <param name="Reason">The reason that the worker was given.</param>
[GenerateSerializer, Immutable, Alias("poa.StoppedReport")]
public sealed record StoppedReport(string WorkId, long FencingToken, [property: Id(0)] StopReason Reason)
    : WorkReport(WorkId, FencingToken)
{
    /// <inheritdoc/>
    public override bool IsTerminal => true;
}

/// <summary>Asks how a training run is to go on: each member of its gang does before it opens a checkpoint.</summary>
/// <param name="WorkId">The work item.</param>
/// <param name="FencingToken">Token of the lease.</param>
[GenerateSerializer, Immutable, Alias("poa.CourseReport")]
public sealed record CourseReport(string WorkId, long FencingToken) : WorkReport(WorkId, FencingToken);

/// <summary>The training has gone wrong for longer than its configuration allows, and has stopped without a checkpoint.</summary>
/// <param name="WorkId">The work item.</param>
/// <param name="FencingToken">Token of the lease.</param>
/// <param name="Divergence">What is wrong.</param>
[GenerateSerializer, Immutable, Alias("poa.DivergedReport")]
public sealed record DivergedReport(string WorkId, long FencingToken, [property: Id(0)] TrainingDivergence Divergence)
    : WorkReport(WorkId, FencingToken)
{
    /// <inheritdoc/>
    public override bool IsTerminal => true;
}

/// <summary>Answer to a report.</summary>
/// <param name="Verdict">What became of it.</param>
/// <param name="Retired">For a <see cref="RetireReport"/>: iterations of the checkpoints that may now be deleted.</param>
/// <param name="RequeueAfter">For the last report of a lease: hand the work out again after this time; null if it is done with.</param>
/// <param name="Course">For a <see cref="CourseReport"/>: the rollbacks behind the run.</param>
[GenerateSerializer, Immutable, Alias("poa.ReportReceipt")]
public sealed record ReportReceipt(
    [property: Id(0)] ReportVerdict Verdict,
    [property: Id(1)] ImmutableArray<long> Retired,
    [property: Id(2)] TimeSpan? RequeueAfter = null,
    [property: Id(3)] RunCourse? Course = null)
{
    /// <summary>Taken in and, where it matters, stored.</summary>
    public static ReportReceipt Accepted { get; } = new(ReportVerdict.Accepted, []);

    /// <summary>The lease is not held any more.</summary>
    public static ReportReceipt Refused { get; } = new(ReportVerdict.Refused, []);
}

/// <summary>What became of a report.</summary>
public enum ReportVerdict
{
    /// <summary>Taken in; also the answer to a repetition.</summary>
    Accepted,

    /// <summary>The lease has gone to another or ended: the worker must stop this work and publish nothing more.</summary>
    Refused,
}
