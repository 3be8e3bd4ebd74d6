using System.Collections.Immutable;
using Orleans.Concurrency;

namespace Poa.Actors.Abstractions;

/// <summary>
/// Evaluates a selection of sub-networks of one checkpoint, keyed by sweep id. Takes what is stored from the jobs, has the rest
/// computed in as few passes over the data as it can, retries what the infrastructure broke, and sums up.
/// </summary>
[Alias("poa.IEvaluationSweepGrain")]
public interface IEvaluationSweepGrain : IGrainWithStringKey, IWorkOwner
{
    /// <summary>Starts the sweep. The same command twice equals once.</summary>
    /// <param name="specification">What to evaluate; its id is the grain's key.</param>
    /// <param name="cancellationToken">Stops waiting, not the command.</param>
    /// <exception cref="PoaException">
    /// No such run or checkpoint, or a sweep of this id exists with another specification.
    /// </exception>
    [Alias("Start")]
    Task<SweepSnapshot> StartAsync(SweepSpecification specification, CancellationToken cancellationToken = default);

    /// <summary>Gives up all evaluations without a result.</summary>
    /// <param name="cancellationToken">Stops waiting, not the command.</param>
    [Alias("Cancel")]
    Task<SweepSnapshot> CancelAsync(CancellationToken cancellationToken = default);

    /// <summary>Tries the failed, quarantined and cancelled evaluations again, and only those.</summary>
    /// <param name="cancellationToken">Stops waiting, not the command.</param>
    [Alias("RetryFailed")]
    Task<SweepSnapshot> RetryFailedAsync(CancellationToken cancellationToken = default);

    /// <summary>
    /// Tries some of the failed, quarantined and cancelled evaluations again, and only those. Those among the chosen that wait, are
    /// worked on or have their result stay as they are.
    /// </summary>
    /// <param name="subNetworks">Names of sub-networks of this sweep.</param>
    /// <param name="cancellationToken">Stops waiting, not the command.</param>
    /// <exception cref="PoaException">A name is not in this sweep (<see cref="ErrorCodes.InvalidArgument"/>).</exception>
    [Alias("Retry")]
    Task<SweepSnapshot> RetryAsync(ImmutableArray<string> subNetworks, CancellationToken cancellationToken = default);

    /// <summary>The sweep as it stands, or null if none was started under this id.</summary>
    /// <param name="cancellationToken">Stops waiting.</param>
    [Alias("Find"), AlwaysInterleave]
    Task<SweepSnapshot?> FindAsync(CancellationToken cancellationToken = default);

    /// <summary>The stored results, read from the jobs, in the order of the selection; those that are missing are left out.</summary>
    /// <param name="cancellationToken">Stops waiting.</param>
    [Alias("GetResults"), AlwaysInterleave]
    Task<ImmutableArray<EvaluationResult>> GetResultsAsync(CancellationToken cancellationToken = default);

    /// <summary>Follows the sweep: one snapshot at once, then one for each change, until it has finished.</summary>
    /// <param name="afterVersion">Version of the last snapshot seen; 0 to begin.</param>
    /// <param name="cancellationToken">Ends the watch.</param>
    [Alias("Watch"), AlwaysInterleave]
    IAsyncEnumerable<SweepSnapshot> WatchAsync(long afterVersion, CancellationToken cancellationToken = default);
}

/// <summary>What a sweep is to evaluate. Fixed once it is started.</summary>
[GenerateSerializer, Immutable, Alias("poa.SweepSpecification")]
public sealed record SweepSpecification
{
    /// <summary>Sweep id, see <see cref="Abstractions.SweepId"/>.</summary>
    [Id(0)]
    public required string SweepId { get; init; }

    /// <summary>Run id.</summary>
    [Id(1)]
    public required string Run { get; init; }

    /// <summary>Iteration of the checkpoint.</summary>
    [Id(2)]
    public required long Iteration { get; init; }

    /// <summary>One of <see cref="Benchmarks"/>.</summary>
    [Id(3)]
    public required string Benchmark { get; init; }

    /// <summary>The images.</summary>
    [Id(4)]
    public required EvaluationData Data { get; init; }

    /// <summary>Names of the sub-networks, each once; <see cref="Benchmarks.Pixels"/> alone for a benchmark without a network.</summary>
    [Id(5)]
    public required ImmutableArray<string> SubNetworks { get; init; }

    /// <summary>Options of the benchmark; those left out take the run's configuration.</summary>
    [Id(6)]
    public ImmutableDictionary<string, string> Options { get; init; } = ImmutableDictionary<string, string>.Empty;

    /// <summary>Compute anew what is stored already.</summary>
    [Id(7)]
    public bool Recompute { get; init; }

    /// <summary>Work of a higher priority is handed out first.</summary>
    [Id(8)]
    public int Priority { get; init; }

    /// <summary>At most this many sub-networks share one pass over the data; in [1, 1024].</summary>
    [Id(9)]
    public int BatchSize { get; init; } = 64;

    /// <summary>Who asked for it: a user name; may be empty.</summary>
    [Id(10)]
    public string CreatedBy { get; init; } = "";

    /// <summary>Key of the job of one sub-network.</summary>
    /// <param name="subNetwork">Its name.</param>
    public EvaluationKey JobOf(string subNetwork) =>
        new(Run, Iteration, subNetwork, Benchmark, EvaluationKey.Digest(Data, Options));

    /// <summary>True if <paramref name="other"/> asks for the same, whoever asks. Collections are compared by content.</summary>
    /// <param name="other">The other specification.</param>
    public bool IsSameAs(SweepSpecification other) =>
        SweepId == other.SweepId && Run == other.Run && Iteration == other.Iteration && Benchmark == other.Benchmark &&
        Data == other.Data && SubNetworks.AsSpan().SequenceEqual(other.SubNetworks.AsSpan()) && Recompute == other.Recompute &&
        Priority == other.Priority && BatchSize == other.BatchSize &&
        EvaluationKey.Digest(Data, Options) == EvaluationKey.Digest(other.Data, other.Options);
}

/// <summary>Where a sweep stands.</summary>
public enum SweepStatus
{
    /// <summary>Evaluations wait or are worked on.</summary>
    Running,

    /// <summary>Every evaluation has its result.</summary>
    Completed,

    /// <summary>All have ended, some without a result.</summary>
    CompletedWithFailures,

    /// <summary>Given up on request.</summary>
    Cancelled,
}

/// <summary>A sweep as it stands.</summary>
[GenerateSerializer, Immutable, Alias("poa.SweepSnapshot")]
public sealed record SweepSnapshot
{
    /// <summary>What was asked for.</summary>
    [Id(0)]
    public required SweepSpecification Specification { get; init; }

    /// <summary>Where it stands.</summary>
    [Id(1)]
    public required SweepStatus Status { get; init; }

    /// <summary>Rises with every change.</summary>
    [Id(2)]
    public required long Version { get; init; }

    /// <summary>When it was started.</summary>
    [Id(3)]
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it ended.</summary>
    [Id(4)]
    public DateTimeOffset? FinishedAt { get; init; }

    /// <summary>Its evaluations, in the order of the selection.</summary>
    [Id(5)]
    public required ImmutableArray<SweepJob> Jobs { get; init; }

    /// <summary>Progress of the pass that runs, if one does.</summary>
    [Id(6)]
    public WorkProgress? Progress { get; init; }

    /// <summary>How many passes over the data were started.</summary>
    [Id(7)]
    public int Passes { get; init; }

    /// <summary>The newest notes, oldest first.</summary>
    [Id(8)]
    public ImmutableArray<RunEvent> Events { get; init; } = [];

    /// <summary>True if nothing more happens by itself.</summary>
    public bool IsFinished => Status != SweepStatus.Running;

    /// <summary>Number of evaluations in a state.</summary>
    /// <param name="status">The state.</param>
    public int Count(JobStatus status) => Jobs.Count(job => job.Status == status);
}

/// <summary>One evaluation within a sweep.</summary>
/// <param name="SubNetwork">Name of the sub-network.</param>
/// <param name="Status">Where it stands.</param>
/// <param name="IsReused">True if the result was there before the sweep.</param>
/// <param name="Attempts">How often it was handed to a worker.</param>
/// <param name="Error">Why it failed, if it did.</param>
/// <param name="StartedAt">When it was last handed to a worker.</param>
/// <param name="FinishedAt">When it came to its result or its error, or was cancelled.</param>
/// <param name="Shard">The worker that has it or had it last: <c>worker/device</c>.</param>
/// <param name="Log">Log of the last try that ended its worker, among the logs of the run (<see cref="WorkLogName"/>); null if none did.</param>
[GenerateSerializer, Immutable, Alias("poa.SweepJob")]
public sealed record SweepJob(
    [property: Id(0)] string SubNetwork,
    [property: Id(1)] JobStatus Status,
    [property: Id(2)] bool IsReused = false,
    [property: Id(3)] int Attempts = 0,
    [property: Id(4)] WorkError? Error = null,
    [property: Id(5)] DateTimeOffset? StartedAt = null,
    [property: Id(6)] DateTimeOffset? FinishedAt = null,
    [property: Id(7)] string? Shard = null,
    [property: Id(8)] string? Log = null);
