using Poa.Actors.Abstractions;
using Poa.Data.Datasets;
using Poa.Evaluation.Detection;
using Poa.Evaluation.Detection.Data;
using Poa.Worker.Data;

namespace Poa.Worker.Work.Runners;

/// <summary>Trains a detector on each sub-network, one after the other, and scores it on a set in COCO's layout.</summary>
internal sealed class CocoRunner(DataAccess access) : IBenchmarkRunner
{
    /// <inheritdoc/>
    public bool Runs(string benchmark) => benchmark == Benchmarks.Coco;

    /// <inheritdoc/>
    public async Task<long> RunAsync(EvaluationRun run)
    {
        var train = Open(run.Work.Data.Train);
        var test = Open(run.Work.Data.Test);
        return await run.OneByOneAsync((network, subNetwork, checkpointSha256) =>
        {
            var request = CocoOptionsReader.Read(run.Work.Options, run.Configuration, subNetwork);
            var options = request.Evaluation with { CheckpointSha256 = checkpointSha256 };
            var started = run.Elapsed;
            var album = run.Pictures.AlbumOf(subNetwork.ToString());
            var result = new CocoBenchmarkEvaluator(options, run.Outlet.Progress, run.Callbacks(subNetwork), (image, found) =>
            {
                if (image < request.Pictures)
                {
                    album.Add(DetectionPicture.Of(test, image, found, request.PictureScore));
                }
            }).Evaluate(network, subNetwork, train, test, run.States.FolderOf(subNetwork.ToString()), run.Stop);
            run.Outlet.Result(CocoRecords.Of(result, run.Grid, run.Elapsed - started) with { Pictures = album.Pictures });
            return (result.Protocol.Iterations * options.Training.BatchSize) + test.Count;
        }).ConfigureAwait(false);
    }

    private CocoDetectionDataset Open(string data)
    {
        var (_, layout) = access.Locate(data, DatasetKind.Coco);
        return CocoDetectionDataset.Open(layout.Images, layout.Annotations);
    }
}
