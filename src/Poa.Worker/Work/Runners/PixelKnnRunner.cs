using Poa.Actors.Abstractions;
using Poa.Evaluation.Classification.Knn;
using Poa.Worker.Data;

namespace Poa.Worker.Work.Runners;

/// <summary>k-NN of the pixels themselves.</summary>
internal sealed class PixelKnnRunner(DataAccess access) : IBenchmarkRunner
{
    /// <inheritdoc/>
    public bool Runs(string benchmark) => benchmark == Benchmarks.PixelKnn;

    /// <inheritdoc/>
    public Task<long> RunAsync(EvaluationRun run)
    {
        var options = KnnOptionsReader.Read(run.Work, run.Configuration) with { TemporaryFolder = run.Context.Scratch };
        var train = access.Open(run.Work.Data.Train);
        var test = access.Open(run.Work.Data.Test);
        return run.OnDeviceAsync(device =>
        {
            var result = new KnnEvaluator(options, null, run.Outlet.Progress).EvaluatePixels(train, test, device, run.Stop);
            run.Outlet.Result(KnnRecords.Of(result, Benchmarks.PixelKnn, null, options.CropSize, run.Elapsed));
            return (long)train.Count + test.Count;
        });
    }
}
