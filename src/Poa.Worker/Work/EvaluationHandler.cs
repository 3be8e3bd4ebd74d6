using Poa.Actors.Abstractions;
using Poa.Data.Datasets;
using Poa.Elastic;
using Poa.Evaluation;
using Poa.Evaluation.Classification.Knn;
using Poa.Storage;
using Poa.Worker.Data;
using Poa.Worker.Execution;
using TorchSharp;

namespace Poa.Worker.Work;

/// <summary>
/// Evaluates several sub-networks of one checkpoint in one pass over the images. Each result is reported as soon as it is known, so
/// that a kill loses only those still to come.
/// </summary>
internal sealed class EvaluationHandler(IBlobStore blobs, DataAccess access, TimeProvider time) : IWorkHandler
{
    /// <inheritdoc/>
    public bool Handles(WorkItem work) => work is EvaluationWork evaluation && Benchmarks.Describe(evaluation.Benchmark).NeedsImages;

    /// <inheritdoc/>
    public async Task<WorkCompletion> ExecuteAsync(WorkContext context)
    {
        var work = (EvaluationWork)context.Lease.Work;
        var started = time.GetTimestamp();
        await context.Reporter.ProgressAsync(new WorkProgress { Done = 0, Total = 0, Unit = "images", Phase = "loading" }).ConfigureAwait(false);
        var configuration = RunConfiguration.Parse(work.ConfigurationYaml);
        var options = EvaluationOptionsReader.Read(work, configuration) with { TemporaryFolder = context.Scratch };
        // One image is read by one pass only, yet a pass reads each set once: no cache.
        var train = access.Open(work.Data.Train);
        var test = access.Open(work.Data.Test);

        await using var outlet = new ResultOutlet(context, time);
        var images = await (work.Benchmark switch
        {
            Benchmarks.Knn => RunKnnAsync(context, work, configuration, options, train, test, outlet, started),
            Benchmarks.PixelKnn => RunPixelsAsync(context, options, train, test, outlet, started),
            _ => throw new NotSupportedException($"Benchmark '{work.Benchmark}' is not known; there are {string.Join(", ", Benchmarks.All)}."),
        }).ConfigureAwait(false);
        await outlet.CompleteAsync().ConfigureAwait(false);
        return new WorkCompletion
        {
            Cost = new WorkCost(time.GetElapsedTime(started), images, Device: context.Lease.Device),
        };
    }

    private async Task<long> RunKnnAsync(
        WorkContext context, EvaluationWork work, PoaConfiguration configuration, KnnEvaluationOptions options,
        IImageDataset train, IImageDataset test, ResultOutlet outlet, long started)
    {
        var grid = configuration.Grid();
        SubNetwork[] subNetworks = [.. work.SubNetworks.Select(grid.Parse)];
        var teacher = await TeacherFiles.FetchAsync(blobs, work.Run, work.Iteration, context.Scratch, context.Stop.Token).ConfigureAwait(false);
        options = options with { CheckpointSha256 = teacher.Manifest.ContentHash() };
        return await context.Device.RunAsync(
            threads: 0,
            device =>
            {
                using var scope = torch.NewDisposeScope();
                using var network = TeacherBackbone.Load(teacher.Path, configuration, device);
                var evaluator = new KnnEvaluator(
                    options,
                    result => outlet.Result(KnnRecords.Of(result, work.Benchmark, grid, options.CropSize, time.GetElapsedTime(started))),
                    outlet.Progress);
                evaluator.EvaluateNetworks(network, subNetworks, train, test, context.Stop.Token);
                return (long)train.Count + test.Count;
            },
            context.Stop.Token).ConfigureAwait(false);
    }

    private Task<long> RunPixelsAsync(
        WorkContext context, KnnEvaluationOptions options, IImageDataset train, IImageDataset test, ResultOutlet outlet, long started) =>
        context.Device.RunAsync(
            threads: 0,
            device =>
            {
                using var scope = torch.NewDisposeScope();
                var evaluator = new KnnEvaluator(options, null, outlet.Progress);
                var result = evaluator.EvaluatePixels(train, test, device, context.Stop.Token);
                outlet.Result(KnnRecords.Of(result, Benchmarks.PixelKnn, null, options.CropSize, time.GetElapsedTime(started)));
                return (long)train.Count + test.Count;
            },
            context.Stop.Token);
}
