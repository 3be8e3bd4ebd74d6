using Poa.Actors.Abstractions;
using Poa.Evaluation;
using Poa.Evaluation.Classification.Knn;
using Poa.Worker.Data;

namespace Poa.Worker.Work.Runners;

/// <summary>k-NN of several sub-networks in one pass over the images.</summary>
internal sealed class KnnRunner(DataAccess access) : IBenchmarkRunner
{
    /// <inheritdoc/>
    public bool Runs(string benchmark) => benchmark == Benchmarks.Knn;

    /// <inheritdoc/>
    public async Task<long> RunAsync(EvaluationRun run)
    {
        var options = KnnOptionsReader.Read(run.Work, run.Configuration) with { TemporaryFolder = run.Context.Scratch };
        // One image is read by one pass only, yet a pass reads each set once: no cache.
        var train = access.Open(run.Work.Data.Train);
        var test = access.Open(run.Work.Data.Test);
        var teacher = await run.FetchTeacherAsync().ConfigureAwait(false);
        options = options with { CheckpointSha256 = teacher.Manifest.ContentHash() };
        return await run.OnDeviceAsync(device =>
        {
            using var network = TeacherBackbone.Load(teacher.Path, run.Configuration, device);
            var evaluator = new KnnEvaluator(
                options,
                result => run.Outlet.Result(KnnRecords.Of(result, Benchmarks.Knn, run.Grid, options.CropSize, run.Elapsed)),
                run.Outlet.Progress);
            evaluator.EvaluateNetworks(network, run.SubNetworks, train, test, run.Stop);
            return (long)train.Count + test.Count;
        }).ConfigureAwait(false);
    }
}
