using Poa.Actors.Abstractions;
using Poa.Elastic;
using Poa.Evaluation;
using Poa.Evaluation.Dense.Training;
using Poa.Networks;
using Poa.Storage;
using Poa.Worker.Execution;
using TorchSharp;

namespace Poa.Worker.Work.Runners;

/// <summary>An evaluation under way: what a benchmark's runner works with.</summary>
/// <param name="Context">Lease, device, scratch folder.</param>
/// <param name="Work">What is asked for.</param>
/// <param name="Configuration">The run's configuration.</param>
/// <param name="Blobs">Where checkpoints are.</param>
/// <param name="Outlet">Takes results and progress.</param>
/// <param name="States">Intermediate checkpoints.</param>
/// <param name="Pictures">Pictures of what was found.</param>
/// <param name="Time">The clock.</param>
internal sealed record EvaluationRun(
    WorkContext Context,
    EvaluationWork Work,
    PoaConfiguration Configuration,
    IBlobStore Blobs,
    ResultOutlet Outlet,
    EvaluationStates States,
    EvaluationPictures Pictures,
    TimeProvider Time)
{
    /// <summary>How many images are drawn unless a request says otherwise.</summary>
    public const int DefaultPictures = 8;

    private readonly long started = Time.GetTimestamp();

    /// <summary>Threads that decode images; they change speed only.</summary>
    public static int LoaderThreads { get; } = Math.Max(1, Environment.ProcessorCount - 1);

    /// <summary>The network's sub-networks.</summary>
    public ISubNetworkGrid Grid { get; } = Configuration.Grid();

    /// <summary>Those that are asked for.</summary>
    public IReadOnlyList<SubNetwork> SubNetworks => [.. Work.SubNetworks.Select(Grid.Parse)];

    /// <summary>Time since the work began.</summary>
    public TimeSpan Elapsed => Time.GetElapsedTime(started);

    /// <summary>Cancelled when the work is to stop.</summary>
    public CancellationToken Stop => Context.Stop.Token;

    /// <summary>Fetches and verifies the weights of the checkpoint's teacher.</summary>
    /// <exception cref="StorageException">There is no such checkpoint, or it is damaged.</exception>
    public Task<TeacherFiles> FetchTeacherAsync() => TeacherFiles.FetchAsync(Blobs, Work.Run, Work.Iteration, Context.Scratch, Stop);

    /// <summary>Computes on the device's thread, within a scope for tensors.</summary>
    public Task<long> OnDeviceAsync(Func<torch.Device, long> work) => Context.Device.RunAsync(
        threads: 0,
        device =>
        {
            using var scope = torch.NewDisposeScope();
            return work(device);
        },
        Stop);

    /// <summary>
    /// Evaluates the sub-networks one after the other on the device's thread: fetches the intermediate checkpoint of each, if there is one,
    /// before it begins.
    /// </summary>
    /// <param name="evaluate">Gets the teacher, a sub-network and the checkpoint's hash; returns images worked on.</param>
    public async Task<long> OneByOneAsync(Func<ElasticBackbone, SubNetwork, string, long> evaluate)
    {
        var teacher = await FetchTeacherAsync().ConfigureAwait(false);
        return await OnDeviceAsync(device =>
        {
            using var network = TeacherBackbone.Load(teacher.Path, Configuration, device);
            var images = 0L;
            foreach (var subNetwork in SubNetworks)
            {
                using var scope = torch.NewDisposeScope();
                Stop.ThrowIfCancellationRequested();
                States.FetchAsync(subNetwork.ToString()).GetAwaiter().GetResult();
                images += evaluate(network, subNetwork, teacher.Manifest.ContentHash());
                States.RemoveLocal(subNetwork.ToString());
            }

            return images;
        }).ConfigureAwait(false);
    }

    /// <summary>What fine-tuning tells while a sub-network is evaluated: its checkpoints go to the blob store, damaged ones into the log.</summary>
    public FineTuningCallbacks Callbacks(SubNetwork subNetwork) => new()
    {
        CheckpointCommitted = folder => States.Publish(subNetwork.ToString(), folder),
        CheckpointRejected = (folder, reason) => Context.Log.Warning($"The checkpoint {folder} is passed over: {reason}"),
    };
}
