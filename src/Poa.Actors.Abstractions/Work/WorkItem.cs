using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace Poa.Actors.Abstractions;

/// <summary>A piece of work that a worker device can be given. Carries all that the worker needs, except weights, which are blobs.</summary>
/// <param name="Run">Run id that the work belongs to.</param>
[GenerateSerializer, Immutable, Alias("poa.WorkItem")]
[JsonPolymorphic(TypeDiscriminatorPropertyName = "kind")]
[JsonDerivedType(typeof(TrainingShardWork), "train")]
[JsonDerivedType(typeof(ExtractionWork), "extract")]
[JsonDerivedType(typeof(EvaluationWork), "evaluate")]
[JsonDerivedType(typeof(CalibrationWork), "calibrate")]
public abstract record WorkItem([property: Id(0)] string Run);

/// <summary>
/// Trains one shard of a run. The worker goes on from the newest undamaged checkpoint in the blob store, or begins at iteration 0,
/// where it publishes a checkpoint of the untrained network first.
/// </summary>
/// <param name="Run">Run id.</param>
/// <param name="ConfigurationYaml">The whole configuration, canonical YAML.</param>
/// <param name="Data">Data specification of the training images.</param>
/// <param name="Shard">Index of this shard, from 0.</param>
/// <param name="ShardCount">Number of shards that train together; see <see cref="WorkLease.Gang"/>.</param>
[GenerateSerializer, Immutable, Alias("poa.TrainingShardWork")]
public sealed record TrainingShardWork(
    string Run,
    [property: Id(0)] string ConfigurationYaml,
    [property: Id(1)] string Data,
    [property: Id(2)] int Shard = 0,
    [property: Id(3)] int ShardCount = 1) : WorkItem(Run);

/// <summary>Extracts one sub-network of a checkpoint into the blob store.</summary>
/// <param name="Run">Run id.</param>
/// <param name="Iteration">Iteration of the checkpoint.</param>
/// <param name="SubNetwork">Name of the sub-network.</param>
/// <param name="ConfigurationYaml">The run's configuration.</param>
[GenerateSerializer, Immutable, Alias("poa.ExtractionWork")]
public sealed record ExtractionWork(
    string Run,
    [property: Id(0)] long Iteration,
    [property: Id(1)] string SubNetwork,
    [property: Id(2)] string ConfigurationYaml) : WorkItem(Run);

/// <summary>
/// Evaluates several sub-networks of one checkpoint, in one pass over the data or, where they are trained for the benchmark, one after the
/// other; reports one result for each as soon as it is known.
/// </summary>
/// <param name="Run">Run id.</param>
/// <param name="Iteration">Iteration of the checkpoint.</param>
/// <param name="Benchmark">One of <see cref="Benchmarks"/>.</param>
/// <param name="Data">Data specifications.</param>
/// <param name="Options">Options of the benchmark; those left out take the run's configuration.</param>
/// <param name="SubNetworks">Names of the sub-networks.</param>
/// <param name="ConfigurationYaml">The run's configuration.</param>
/// <param name="Recompute">Results are computed anew: intermediate checkpoints that another sweep left are not continued.</param>
[GenerateSerializer, Immutable, Alias("poa.EvaluationWork")]
public sealed record EvaluationWork(
    string Run,
    [property: Id(0)] long Iteration,
    [property: Id(1)] string Benchmark,
    [property: Id(2)] EvaluationData Data,
    [property: Id(3)] ImmutableDictionary<string, string> Options,
    [property: Id(4)] ImmutableArray<string> SubNetworks,
    [property: Id(5)] string ConfigurationYaml,
    [property: Id(6)] bool Recompute = false) : WorkItem(Run);

/// <summary>Takes a few training steps from the beginning of a run that may never be started, and measures them; publishes nothing.</summary>
/// <param name="Run">The name that all calibrations share.</param>
/// <param name="ConfigurationYaml">The whole configuration, canonical YAML.</param>
/// <param name="Data">Data specification of the training images.</param>
[GenerateSerializer, Immutable, Alias("poa.CalibrationWork")]
public sealed record CalibrationWork(
    string Run,
    [property: Id(0)] string ConfigurationYaml,
    [property: Id(1)] string Data) : WorkItem(Run);
