namespace Poa.Actors.Abstractions;

/// <summary>
/// Where a worker process stood in the training of a run when it ended without putting it down: killed from outside, or by what it did. Which of
/// the two, a second time tells: a fault of the training strikes at the same place, a kill from outside at any.
/// </summary>
/// <param name="Run">Run id.</param>
/// <param name="WorkId">The work item.</param>
/// <param name="FencingToken">Token of its lease.</param>
/// <param name="Generation">Which forming of its gang it was of; the token of its lease for a run on one shard. Counts the attempts.</param>
/// <param name="Shard">The shard: <see cref="ShardKey"/> as text.</param>
/// <param name="Stage">What it was at, in words that do not change.</param>
/// <param name="Step">The step it was at; null until the first one of the attempt is done.</param>
[GenerateSerializer, Immutable, Alias("poa.InterruptedTraining")]
public sealed record InterruptedTraining(
    [property: Id(0)] string Run,
    [property: Id(1)] string WorkId,
    [property: Id(2)] long FencingToken,
    [property: Id(3)] long Generation,
    [property: Id(4)] string Shard,
    [property: Id(5)] string Stage,
    [property: Id(6)] long? Step = null);
