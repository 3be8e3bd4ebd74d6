using System.Globalization;
using Poa.Networks;
using Poa.Training.Batching;
using Poa.Training.Exchange;
using Poa.Training.Session;
using Poa.Training.Step;
using Poa.Training.Tests.Exchange;
using Xunit;
using static TorchSharp.torch;

namespace Poa.Training.Tests.Session;

/// <summary>Nothing accumulates over a run: neither tensors nor resident memory.</summary>
[Collection(nameof(AloneCollection))]
public sealed class FlatMemoryTests
{
    private const int Early = 200;
    private const int Late = 2000;

    [Fact]
    public void Run_TwoThousandSteps_TensorsAndResidentMemoryStayWithinTwoPercent()
    {
        var configuration = TinyRun.Configuration("train.batch_size_per_gpu=2", "crops.local_crops_number=1", "optim.epochs=600");
        TorchRuntime.SetThreads(1); // as a session does: it also settles how the C library keeps memory
        using var model = new PoaModel(configuration);
        using var source = new BatchSource(new NoiseImages(16), configuration);
        var step = new TrainingStep(model);
        var sampler = configuration.ElasticSampler();
        (long Tensors, long Bytes) early = default, late = default;
        for (var i = 1; i <= Late; i++)
        {
            using (var batch = source.Next(cancellationToken: TestContext.Current.CancellationToken))
            {
                Assert.True(step.Run(batch, sampler.At(i), new StepSchedule(1e-4, 1e-4, 0.04, 0.05, 0.99, true)).Applied);
            }

            if (i is Early or Late)
            {
                (early, late) = (late, Measure());
            }
        }

        TestContext.Current.SendDiagnosticMessage($"after {Early} steps {early}, after {Late} {late}");
        Assert.InRange(late.Tensors, early.Tensors * 0.98, early.Tensors * 1.02);
        Assert.True(late.Bytes <= early.Bytes * 1.02, $"resident memory went from {early.Bytes} bytes after {Early} steps to {late.Bytes} after {Late}");
    }

    [Fact]
    public async Task Run_TwoMembersOverTcp_TensorsAndResidentMemoryStayWithinTwoPercent()
    {
        const int early = 50, late = 250;
        var configuration = TinyRun.Configuration("train.virtual_shards=4", "train.batch_size_per_gpu=4", "crops.local_crops_number=1", "optim.epochs=600");
        var measured = new List<(long Tensors, long Bytes)>();
        using var together = new Barrier(2, _ => measured.Add(Measure()));
        var applied = await Formation.RunAsync(await Formation.OfAsync("tcp", 2), exchange =>
        {
            TorchRuntime.SetThreads(1);
            using var model = new PoaModel(configuration);
            var group = new ShardGroup(exchange, configuration.Train.VirtualShards);
            using var source = new BatchSource(new NoiseImages(16), configuration, shards: group.Local);
            var loop = new SessionLoop(configuration, model, group, TimeProvider.System);
            var all = true;
            for (var i = 1; i <= late; i++)
            {
                all &= loop.Step(source, () => false, TestContext.Current.CancellationToken) is { Record.Applied: true };
                if (i is early or late)
                {
                    together.SignalAndWait(TestContext.Current.CancellationToken);
                }
            }

            return all;
        });
        Assert.All(applied, Assert.True);
        TestContext.Current.SendDiagnosticMessage($"after {early} steps {measured[0]}, after {late} {measured[1]}");
        Assert.InRange(measured[1].Tensors, measured[0].Tensors * 0.98, measured[0].Tensors * 1.02);
        Assert.True(measured[1].Bytes <= measured[0].Bytes * 1.02, $"resident memory went from {measured[0].Bytes} bytes after {early} steps to {measured[1].Bytes} after {late}");
    }

    private static (long Tensors, long Bytes) Measure()
    {
        // The managed heap grows to its budget within some hundred steps, used or not (some 5 MB); given back, it cannot hide a leak or feign one.
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        GC.WaitForPendingFinalizers();
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        return (Tensor.TotalCount, ResidentBytes());
    }

    private static long ResidentBytes()
    {
        var pages = File.ReadAllText("/proc/self/statm").Split(' ')[1];
        return long.Parse(pages, CultureInfo.InvariantCulture) * Environment.SystemPageSize;
    }
}
