using System.Collections.Immutable;

namespace Poa.Actors.Abstractions;

/// <summary>Something that happened to a run, for people to read.</summary>
/// <param name="Sequence">Position in the run's history, from 1, without gaps; only the newest events are kept.</param>
/// <param name="Time">When it happened.</param>
/// <param name="Level">How much it matters.</param>
/// <param name="Message">What happened.</param>
[GenerateSerializer, Immutable, Alias("poa.RunEvent")]
public sealed record RunEvent(
    [property: Id(0)] long Sequence,
    [property: Id(1)] DateTimeOffset Time,
    [property: Id(2)] NoteLevel Level,
    [property: Id(3)] string Message);

/// <summary>How much a note matters.</summary>
public enum NoteLevel
{
    /// <summary>Part of the ordinary course.</summary>
    Information,

    /// <summary>Work goes on, but somebody should look: a skipped image, a damaged checkpoint.</summary>
    Warning,

    /// <summary>Something stopped.</summary>
    Error,
}

/// <summary>A published checkpoint of a run.</summary>
/// <param name="Iteration">Iterations done when it was written; 0 is the untrained network.</param>
/// <param name="ManifestSha256">SHA-256 of its manifest, lower-case hexadecimal.</param>
/// <param name="Size">Bytes of all its files.</param>
/// <param name="Time">When it was published.</param>
/// <param name="Loss">Training loss at that iteration, if known.</param>
/// <param name="IsFinal">True for the checkpoint after the last iteration.</param>
/// <param name="IsGood">False if it was written while training went wrong, so that no rollback goes to it.</param>
[GenerateSerializer, Immutable, Alias("poa.RunCheckpoint")]
public sealed record RunCheckpoint(
    [property: Id(0)] long Iteration,
    [property: Id(1)] string ManifestSha256,
    [property: Id(2)] long Size,
    [property: Id(3)] DateTimeOffset Time,
    [property: Id(4)] double? Loss = null,
    [property: Id(5)] bool IsFinal = false,
    [property: Id(6)] bool IsGood = true);

/// <summary>A run as it stands now.</summary>
[GenerateSerializer, Immutable, Alias("poa.RunSnapshot")]
public sealed record RunSnapshot
{
    /// <summary>What was asked for.</summary>
    [Id(0)]
    public required RunSpecification Specification { get; init; }

    /// <summary>Where it stands.</summary>
    [Id(1)]
    public required RunStatus Status { get; init; }

    /// <summary>When the run was created.</summary>
    [Id(2)]
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When a worker first took it up.</summary>
    [Id(3)]
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>When it finished.</summary>
    [Id(4)]
    public DateTimeOffset? FinishedAt { get; init; }

    /// <summary>Latest progress, if any was reported.</summary>
    [Id(5)]
    public WorkProgress? Progress { get; init; }

    /// <summary>Checkpoints that exist, oldest first.</summary>
    [Id(6)]
    public ImmutableArray<RunCheckpoint> Checkpoints { get; init; } = [];

    /// <summary>The newest events, oldest first.</summary>
    [Id(7)]
    public ImmutableArray<RunEvent> Events { get; init; } = [];

    /// <summary>Why it failed, if it did.</summary>
    [Id(8)]
    public WorkError? Error { get; init; }

    /// <summary>Where it runs, if it does: <c>worker/device</c> of rank 0.</summary>
    [Id(9)]
    public string? Shard { get; init; }

    /// <summary>How often work on it was started.</summary>
    [Id(10)]
    public int Attempts { get; init; }

    /// <summary>Sweeps over checkpoints of this run, oldest first.</summary>
    [Id(11)]
    public ImmutableArray<string> Sweeps { get; init; } = [];

    /// <summary>Extraction jobs of this run, oldest first (<see cref="ExtractionKey"/> as text).</summary>
    [Id(12)]
    public ImmutableArray<string> Extractions { get; init; } = [];

    /// <summary>What the whole training took, once it is completed.</summary>
    [Id(13)]
    public WorkCost? Cost { get; init; }

    /// <summary>All the shards it runs on, by rank; empty if it does not run.</summary>
    [Id(14)]
    public ImmutableArray<string> Shards { get; init; } = [];

    /// <summary>The rollbacks behind it, oldest first.</summary>
    [Id(15)]
    public ImmutableArray<RunRollback> Rollbacks { get; init; } = [];

    /// <summary>The newest checkpoint, or null.</summary>
    public RunCheckpoint? LatestCheckpoint => Checkpoints.IsEmpty ? null : Checkpoints[^1];
}

/// <summary>One step of watching a run: how it stands, and what is new since the position before.</summary>
/// <param name="Position">Sequence number of the newest event: hand it to the next watch to go on from here.</param>
/// <param name="Status">Where the run stands.</param>
/// <param name="Progress">Latest progress.</param>
/// <param name="Events">Events after the last position, oldest first.</param>
/// <param name="Error">Why it failed, if it did.</param>
[GenerateSerializer, Immutable, Alias("poa.RunUpdate")]
public sealed record RunUpdate(
    [property: Id(0)] long Position,
    [property: Id(1)] RunStatus Status,
    [property: Id(2)] WorkProgress? Progress,
    [property: Id(3)] ImmutableArray<RunEvent> Events,
    [property: Id(4)] WorkError? Error);
