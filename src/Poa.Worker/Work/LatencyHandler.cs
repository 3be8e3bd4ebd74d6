using Poa.Actors.Abstractions;
using Poa.Elastic;
using Poa.Evaluation;
using Poa.Evaluation.Latency;
using Poa.Networks;
using Poa.Storage;
using Poa.Worker.Devices;
using Poa.Worker.Execution;
using TorchSharp;

namespace Poa.Worker.Work;

/// <summary>Times the plain networks that sub-networks of a checkpoint are extracted into, on the device of the lease.</summary>
internal sealed class LatencyHandler(IBlobStore blobs, TimeProvider time) : IWorkHandler
{
    /// <summary>Weights that are in memory at once, in bytes: networks beyond it are measured in a further group.</summary>
    private const long GroupBytes = 2L << 30;

    /// <inheritdoc/>
    public bool Handles(WorkItem work) => work is EvaluationWork { Benchmark: Benchmarks.Latency };

    /// <inheritdoc/>
    public async Task<WorkCompletion> ExecuteAsync(WorkContext context)
    {
        var work = (EvaluationWork)context.Lease.Work;
        var started = time.GetTimestamp();
        await context.Reporter.ProgressAsync(new WorkProgress { Done = 0, Total = 0, Unit = "passes", Phase = "loading" }).ConfigureAwait(false);
        var configuration = RunConfiguration.Parse(work.ConfigurationYaml);
        var (options, threads) = LatencyOptionsReader.Read(work, configuration);
        var grid = configuration.Grid();
        SubNetwork[] subNetworks = [.. work.SubNetworks.Select(grid.Parse)];
        var teacher = await TeacherFiles.FetchAsync(blobs, work.Run, work.Iteration, context.Scratch, context.Stop.Token).ConfigureAwait(false);

        await using var outlet = new ResultOutlet(context, time);
        var images = await context.Device.RunAsync(
            threads,
            device =>
            {
                using var scope = torch.NewDisposeScope();
                using var noGrad = torch.no_grad();
                using var intact = TeacherBackbone.Load(teacher.Path, configuration, device);
                var meter = new LatencyMeter(options, time);
                var groups = Groups(subNetworks, grid, options.ImageSize);
                foreach (var (number, group) in groups.Index())
                {
                    var phase = groups.Count == 1 ? "latency" : $"latency, part {number + 1} of {groups.Count}";
                    var figures = Measure(meter, group, intact, configuration, device, (done, total) => outlet.Progress(new(phase, done, total, 0, "passes")), context.Stop.Token);
                    var protocol = LatencyRecords.Protocol(
                        options, context.Lease.Device, Hardware.Of(device), context.Device.ThreadsFor(threads), group.Count, teacher.Manifest.ContentHash());
                    foreach (var (subNetwork, figure) in group.Zip(figures))
                    {
                        outlet.Result(LatencyRecords.Of(subNetwork, figure, grid.CostOf(subNetwork, options.ImageSize), protocol, time.GetElapsedTime(started)));
                    }
                }

                return (long)subNetworks.Length * (options.WarmUp + options.Repetitions) * options.BatchSize;
            },
            context.Stop.Token).ConfigureAwait(false);
        await outlet.CompleteAsync().ConfigureAwait(false);
        return new WorkCompletion { Cost = new WorkCost(time.GetElapsedTime(started), images, Device: context.Lease.Device) };
    }

    /// <summary>Splits a selection into groups whose weights fit; each sub-network is in one, in order.</summary>
    internal static IReadOnlyList<IReadOnlyList<SubNetwork>> Groups(IReadOnlyList<SubNetwork> subNetworks, ISubNetworkGrid grid, int imageSize, long groupBytes = GroupBytes)
    {
        var groups = new List<List<SubNetwork>>();
        var room = 0L;
        foreach (var subNetwork in subNetworks)
        {
            var bytes = grid.CostOf(subNetwork, imageSize).Parameters * sizeof(float);
            if (groups.Count == 0 || bytes > room)
            {
                groups.Add([]);
                room = groupBytes;
            }

            groups[^1].Add(subNetwork);
            room -= bytes;
        }

        return groups;
    }

    private static IReadOnlyList<LatencyFigures> Measure(
        LatencyMeter meter, IReadOnlyList<SubNetwork> group, ElasticBackbone intact, PoaConfiguration configuration, torch.Device device,
        Action<long, long> onRound, CancellationToken cancellationToken)
    {
        var networks = new List<PlainNetwork>();
        try
        {
            foreach (var subNetwork in group)
            {
                using var scope = torch.NewDisposeScope();
                networks.Add(PlainNetworks.Of(intact, configuration, subNetwork));
            }

            return meter.Measure(networks, device, onRound, cancellationToken);
        }
        finally
        {
            networks.ForEach(network => network.Dispose());
        }
    }
}
