using System.Reflection;
using System.Text.Json;
using Poa.Data.Datasets;
using Poa.Elastic;
using Poa.Networks;
using Poa.Training.Exchange;
using Poa.Training.Step;
using TorchSharp;
using static TorchSharp.torch;

namespace Poa.Training.Session;

/// <summary>
/// A pre-training run on one device, or one member's part of a run on several: model, place in the run, checkpoints. What it does is a
/// function of configuration, images and thread count; restored from a checkpoint it goes on as if it had never stopped, on CPU bit for bit.
/// </summary>
/// <remarks>
/// Members of a formation each have the whole model and compute their share of the virtual shards (<c>train.virtual_shards</c>). How many
/// members there are changes no result and nothing in a checkpoint: a run can go on with others than it began with.
/// Not for use by several threads at once. While <see cref="Run"/> runs, nothing else may be called.
/// </remarks>
public sealed partial class TrainingSession : IDisposable
{
    private readonly IImageDataset dataset;
    private readonly TimeProvider time;
    private readonly IShardExchange exchange;
    private readonly FrozenTeacher? frozenTeacher;
    private readonly SessionState description;

    private TrainingSession(
        PoaConfiguration configuration,
        IImageDataset dataset,
        Device device,
        TimeProvider? time,
        IShardExchange? exchange,
        SessionCourse? course,
        FrozenTeacher? frozenTeacher)
    {
        if (configuration.DistilsFrozenTeacher != (frozenTeacher is not null))
        {
            throw new ArgumentException("A run that distils a frozen teacher (seed.loss_weight) takes one, and no other run does.", nameof(frozenTeacher));
        }

        frozenTeacher?.Check(configuration);
        this.frozenTeacher = frozenTeacher;
        this.dataset = dataset;
        this.time = time ?? TimeProvider.System;
        this.exchange = exchange ?? LoneExchange.Instance;
        _ = ShardRange.Of(this.exchange.Rank, this.exchange.World, configuration.Train.VirtualShards); // there is a share for each member
        Configuration = configuration;
        description = new()
        {
            Format = SessionState.CurrentFormat,
            Iteration = 0,
            Seed = configuration.Train.Seed,
            Threads = configuration.Train.Threads,
            Device = device.type == DeviceType.CPU ? "cpu" : "cuda",
            Configuration = configuration.Values().ToDictionary(),
            Dataset = dataset.Name,
            DatasetFingerprint = dataset.Fingerprint,
            FrozenTeacher = frozenTeacher?.Fingerprint,
            SoftwareVersion = typeof(TrainingSession).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown",
            TorchVersion = __version__,
            Course = course ?? SessionCourse.Undisturbed,
        };
        Model = new PoaModel(configuration, device);
    }

    /// <summary>The configuration, with the number of threads settled.</summary>
    public PoaConfiguration Configuration { get; }

    /// <summary>What is trained.</summary>
    public PoaModel Model { get; }

    /// <summary>Steps taken; the next step has this number.</summary>
    public long Iteration { get; private set; }

    /// <summary>The rollbacks that the run has behind it.</summary>
    public SessionCourse Course => description.Course;

    /// <summary>How the last steps went, those before the checkpoint that the session was restored from included.</summary>
    public StepHealth Health { get; private set; } = StepHealth.Untrained;

    /// <summary>Why <see cref="Run"/> ended with <see cref="SessionOutcome.Diverged"/>; null if it did not.</summary>
    public Divergence? Divergence { get; private set; }

    /// <summary>Steps of the whole run.</summary>
    public long TotalIterations => Configuration.TotalIterations;

    /// <summary>An untrained session at step 0.</summary>
    /// <param name="configuration">Valid; <c>train.threads</c> 0 takes all cores of this machine.</param>
    /// <param name="dataset">The images; owned by the caller and used until the session is disposed.</param>
    /// <param name="device">Where to train; CPU by default.</param>
    /// <param name="time">Measures the steps.</param>
    /// <param name="exchange">Connects the members of a formation; owned by the caller. Null where this is the only one.</param>
    /// <param name="course">The rollbacks that the run has behind it; null for none.</param>
    /// <param name="frozenTeacher">The teacher that the run distils, on the same device; owned by the caller and used until the session is disposed. Null if none.</param>
    /// <exception cref="ArgumentOutOfRangeException">The formation has more members than the run has virtual shards.</exception>
    /// <exception cref="FrozenTeacherException">The frozen teacher does not fit the configuration.</exception>
    public static TrainingSession Create(
        PoaConfiguration configuration,
        IImageDataset dataset,
        Device? device = null,
        TimeProvider? time = null,
        IShardExchange? exchange = null,
        SessionCourse? course = null,
        FrozenTeacher? frozenTeacher = null)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        ArgumentNullException.ThrowIfNull(dataset);
        var threads = configuration.Train.Threads > 0 ? configuration.Train.Threads : Environment.ProcessorCount;
        return new(WithThreads(configuration, threads), dataset, device ?? CPU, time, exchange, course, frozenTeacher);
    }

    /// <summary>A session that goes on from a checkpoint.</summary>
    /// <param name="folder">Written by <see cref="Save"/>.</param>
    /// <param name="configuration">
    /// That of the run; keys that change speed or reporting only may differ. <c>train.threads</c> 0 takes the checkpoint's number.
    /// </param>
    /// <param name="dataset">The images the run was started with.</param>
    /// <param name="device">Where to train; CPU by default.</param>
    /// <param name="time">Measures the steps.</param>
    /// <param name="exchange">As for <see cref="Create"/>; all members restore the same checkpoint.</param>
    /// <param name="course">
    /// The rollbacks that the run has behind it; null for those that the checkpoint knows of. With more than it knows of, the run is rolled back to it:
    /// bad steps before it count no more.
    /// </param>
    /// <param name="frozenTeacher">As for <see cref="Create"/>: the same that the run began with.</param>
    /// <exception cref="CheckpointException">Files are missing, damaged or of another run; every fault is listed.</exception>
    public static TrainingSession Restore(
        string folder,
        PoaConfiguration configuration,
        IImageDataset dataset,
        Device? device = null,
        TimeProvider? time = null,
        IShardExchange? exchange = null,
        SessionCourse? course = null,
        FrozenTeacher? frozenTeacher = null)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        ArgumentNullException.ThrowIfNull(dataset);
        var state = SessionState.Read(folder);
        var settled = configuration.Train.Threads > 0 ? configuration : WithThreads(configuration, state.Threads);
        var session = new TrainingSession(settled, dataset, device ?? CPU, time, exchange, course ?? state.Course, frozenTeacher);
        try
        {
            var faults = state.FaultsAgainst(session.description);
            if (faults.Count > 0)
            {
                throw new CheckpointException(folder, faults);
            }

            ModelCheckpoint.Load(session.Model, folder);
            session.Iteration = state.Iteration;
            session.Health = session.Course.Rollbacks > state.Course.Rollbacks ? StepHealth.Untrained with { FairInARow = state.Health.FairInARow } : state.Health;
            return session;
        }
        catch
        {
            session.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Has a session that has taken no step start from published weights instead of random ones: student and teacher. Heads stay as they are. A restored
    /// session has the weights of its checkpoint and needs no file.
    /// </summary>
    /// <param name="path">A safetensors file.</param>
    /// <returns>What became of every tensor.</returns>
    /// <exception cref="InvalidOperationException">It has taken steps.</exception>
    /// <exception cref="NotSupportedException">The network is no vision transformer.</exception>
    /// <exception cref="PublishedWeightsException">The file does not fit, or is damaged; nothing was loaded, and the message has every reason.</exception>
    public WeightReport StartFrom(string path) => Iteration == 0
        ? Model.StartFrom(path)
        : throw new InvalidOperationException($"The session has taken {Iteration} steps; only one that has taken none can start from published weights.");

    /// <summary>
    /// Writes a checkpoint: <c>student.safetensors</c>, <c>teacher.safetensors</c>, <c>optimiser.safetensors</c>,
    /// <c>centres.safetensors</c>, <c>session.json</c>. The folder appears complete or not at all.
    /// </summary>
    /// <param name="folder">Replaced if it exists.</param>
    /// <exception cref="IOException">The disk is full or read-only.</exception>
    public void Save(string folder)
    {
        var temporary = $"{Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder))}{PartialSuffix}";
        DeleteFolder(temporary);
        Directory.CreateDirectory(temporary);
        try
        {
            ModelCheckpoint.Save(Model, temporary);
            var state = JsonSerializer.SerializeToUtf8Bytes(State, StepRecord.JsonOptions);
            File.WriteAllBytes(Path.Combine(temporary, SessionState.FileName), state);
            DeleteFolder(folder);
            Directory.Move(temporary, folder);
        }
        catch
        {
            DeleteFolder(temporary);
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => Model.Dispose();

    private SessionState State => description with { Iteration = Iteration, Health = Health };

    private static void DeleteFolder(string folder)
    {
        if (Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static PoaConfiguration WithThreads(PoaConfiguration configuration, int threads) =>
        configuration with { Train = configuration.Train with { Threads = threads } };
}
