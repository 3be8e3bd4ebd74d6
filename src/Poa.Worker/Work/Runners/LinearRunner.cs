using Poa.Actors.Abstractions;
using Poa.Data.Datasets;
using Poa.Evaluation;
using Poa.Evaluation.Classification.Linear;
using Poa.Worker.Data;

namespace Poa.Worker.Work.Runners;

/// <summary>Linear probes of several sub-networks in one pass over the images.</summary>
internal sealed class LinearRunner(DataAccess access) : IBenchmarkRunner
{
    /// <inheritdoc/>
    public bool Runs(string benchmark) => benchmark == Benchmarks.Linear;

    /// <inheritdoc/>
    public async Task<long> RunAsync(EvaluationRun run)
    {
        var options = LinearOptionsReader.Read(run.Work.Options, run.Configuration);
        // Every epoch reads the images again: a set that fits is decoded once.
        var train = new CachedImageDataset(access.Open(run.Work.Data.Train), TrainingHandler.ImageCacheBytes);
        var validation = access.Open(run.Work.Data.Test);
        var teacher = await run.FetchTeacherAsync().ConfigureAwait(false);
        options = options with
        {
            CheckpointSha256 = teacher.Manifest.ContentHash(),
            TemporaryFolder = run.Context.Scratch,
            CheckpointFolder = options.CachedFeatures ? null : run.States.Root,
        };
        foreach (var subNetwork in options.CachedFeatures ? [] : run.Work.SubNetworks)
        {
            await run.States.FetchAsync(subNetwork).ConfigureAwait(false);
        }

        return await run.OnDeviceAsync(device =>
        {
            using var network = TeacherBackbone.Load(teacher.Path, run.Configuration, device);
            var probe = new LinearProbe(
                options,
                result => run.Outlet.Result(LinearRecords.Of(result, run.Grid, run.Elapsed)),
                run.Outlet.Progress,
                run.States.Publish);
            probe.Evaluate(network, run.SubNetworks, train, validation, run.Stop);
            return (options.CachedFeatures ? train.Count : options.StepsFor(train.Count) * options.BatchSize) + validation.Count;
        }).ConfigureAwait(false);
    }
}
