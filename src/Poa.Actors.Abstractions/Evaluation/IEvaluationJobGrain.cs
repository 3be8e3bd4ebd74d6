using Orleans.Concurrency;

namespace Poa.Actors.Abstractions;

/// <summary>
/// One evaluation, keyed by <see cref="EvaluationKey"/>. Its result is kept for ever and computed again only on request. Sweeps
/// claim jobs, have them computed in groups and record the results here; the first result of a claim is the one that counts.
/// </summary>
[Alias("poa.IEvaluationJobGrain")]
public interface IEvaluationJobGrain : IGrainWithStringKey
{
    /// <summary>
    /// A sweep wants the result. Answers with the stored one, or gives the sweep the task of computing it, or says which other
    /// sweep does. Safe to repeat.
    /// </summary>
    /// <param name="claim">Who asks, and how.</param>
    /// <param name="cancellationToken">Stops waiting, not the command.</param>
    [Alias("Claim")]
    Task<ClaimAnswer> ClaimAsync(JobClaim claim, CancellationToken cancellationToken = default);

    /// <summary>Stores a result. A second result for the same claim is ignored.</summary>
    /// <param name="sweep">The sweep that computed it.</param>
    /// <param name="result">The result.</param>
    /// <param name="cancellationToken">Stops waiting, not the command.</param>
    /// <returns>True if this result was stored, false if one was there already.</returns>
    [Alias("Record")]
    Task<bool> RecordAsync(string sweep, EvaluationResult result, CancellationToken cancellationToken = default);

    /// <summary>The sweep gives the job up without a result. Ignored from anyone but the claimant.</summary>
    /// <param name="sweep">The sweep.</param>
    /// <param name="status">Failed, quarantined or cancelled.</param>
    /// <param name="error">Why; null if it was cancelled.</param>
    /// <param name="cancellationToken">Stops waiting, not the command.</param>
    [Alias("GiveUp")]
    Task GiveUpAsync(string sweep, JobStatus status, WorkError? error, CancellationToken cancellationToken = default);

    /// <summary>The job as it stands.</summary>
    /// <param name="cancellationToken">Stops waiting.</param>
    [Alias("Get"), ReadOnly]
    Task<EvaluationJobSnapshot> GetAsync(CancellationToken cancellationToken = default);
}

/// <summary>A sweep's wish for a result.</summary>
/// <param name="Sweep">The sweep.</param>
/// <param name="Recompute">Compute anew although there is a result (unless this very sweep brought it).</param>
/// <param name="RetryFailed">Take the job up although it failed or is quarantined.</param>
/// <param name="CheckpointSha256">The weights that are meant, as of <see cref="RunCheckpoint.ManifestSha256"/>: a result of others, which a rollback has cut off, does not count. Null for any.</param>
[GenerateSerializer, Immutable, Alias("poa.JobClaim")]
public sealed record JobClaim(
    [property: Id(0)] string Sweep, [property: Id(1)] bool Recompute, [property: Id(2)] bool RetryFailed, [property: Id(3)] string? CheckpointSha256 = null);

/// <summary>Answer to a claim.</summary>
/// <param name="Outcome">What the sweep is to do.</param>
/// <param name="Job">The job as it stands.</param>
[GenerateSerializer, Immutable, Alias("poa.ClaimAnswer")]
public sealed record ClaimAnswer([property: Id(0)] ClaimOutcome Outcome, [property: Id(1)] EvaluationJobSnapshot Job);

/// <summary>What a claim leads to.</summary>
public enum ClaimOutcome
{
    /// <summary>The sweep computes it.</summary>
    Compute,

    /// <summary>The result is there.</summary>
    Completed,

    /// <summary>Another sweep computes it: ask again later.</summary>
    Elsewhere,

    /// <summary>It failed or is quarantined, and a retry was not asked for.</summary>
    Refused,
}

/// <summary>One evaluation as it stands.</summary>
/// <param name="Status">Where it stands.</param>
/// <param name="Sweep">The sweep that claims or claimed it.</param>
/// <param name="Result">The stored result, if any.</param>
/// <param name="Error">Why it failed, if it did.</param>
/// <param name="FinishedAt">When the result was stored.</param>
/// <param name="Computations">How many results were ever stored: more than 1 only after a request to recompute.</param>
[GenerateSerializer, Immutable, Alias("poa.EvaluationJobSnapshot")]
public sealed record EvaluationJobSnapshot(
    [property: Id(0)] JobStatus Status,
    [property: Id(1)] string? Sweep,
    [property: Id(2)] EvaluationResult? Result,
    [property: Id(3)] WorkError? Error,
    [property: Id(4)] DateTimeOffset? FinishedAt,
    [property: Id(5)] int Computations);
