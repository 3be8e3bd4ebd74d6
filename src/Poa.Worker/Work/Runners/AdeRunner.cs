using Poa.Actors.Abstractions;
using Poa.Data.Datasets;
using Poa.Data.Segmentation;
using Poa.Evaluation.Segmentation;
using Poa.Worker.Data;

namespace Poa.Worker.Work.Runners;

/// <summary>Trains a segmentation head on each sub-network, or the whole with UperNet, one after the other, and scores it on a set in ADE20K's layout.</summary>
internal sealed class AdeRunner(DataAccess access) : IBenchmarkRunner
{
    /// <inheritdoc/>
    public bool Runs(string benchmark) => benchmark == Benchmarks.Ade20k;

    /// <inheritdoc/>
    public async Task<long> RunAsync(EvaluationRun run)
    {
        var request = AdeOptionsReader.Read(run.Work.Options, run.Configuration, run.SubNetworks[0]);
        var train = Open(run.Work.Data.Train, request);
        var validation = Open(run.Work.Data.Test, request);
        return await run.OneByOneAsync((network, subNetwork, checkpointSha256) =>
        {
            var options = AdeOptionsReader.Read(run.Work.Options, run.Configuration, subNetwork).Evaluation with { CheckpointSha256 = checkpointSha256 };
            var started = run.Elapsed;
            var album = run.Pictures.AlbumOf(subNetwork.ToString());
            var result = new AdeEvaluator(options, run.Outlet.Progress, run.Callbacks(subNetwork), (image, found) =>
            {
                if (image < request.Pictures)
                {
                    album.Add(SegmentationPicture.Of(validation, image, found));
                }
            }).Evaluate(network, subNetwork, train, validation, run.States.FolderOf(subNetwork.ToString()), run.Stop);
            run.Outlet.Result(AdeRecords.Of(result, run.Grid, run.Elapsed - started) with { Pictures = album.Pictures });
            return (options.Iterations * options.BatchSize) + validation.Count;
        }).ConfigureAwait(false);
    }

    private AdeDataset Open(string data, AdeRequest request)
    {
        var (specification, _) = access.Locate(data, DatasetKind.Ade20k);
        return AdeDataset.Open(specification.Path, specification.Split!, AdeOptionsReader.SetOptions(request, specification.Path));
    }
}
