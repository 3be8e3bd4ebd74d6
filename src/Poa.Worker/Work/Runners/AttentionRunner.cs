using Poa.Actors.Abstractions;
using Poa.Elastic;
using Poa.Evaluation.Attention;
using Poa.Networks;
using Poa.Worker.Data;
using Poa.Worker.Execution;

namespace Poa.Worker.Work.Runners;

/// <summary>Draws where the class token of each sub-network looks in the first held-out images.</summary>
internal sealed class AttentionRunner(DataAccess access) : IBenchmarkRunner
{
    /// <inheritdoc/>
    public bool Runs(string benchmark) => benchmark == Benchmarks.Attention;

    /// <inheritdoc/>
    public async Task<long> RunAsync(EvaluationRun run)
    {
        if (run.Configuration.Student.Architecture != ArchitectureFamily.Vit)
        {
            throw new PoaException(
                WorkErrorCodes.NotSupported,
                $"The attention benchmark draws where a class token looks; a network of the family {run.Configuration.Student.Architecture} has none.",
                "Choose knn, linear, coco or ade20k.");
        }

        var request = AttentionOptionsReader.Read(run.Work.Options);
        var images = access.Open(run.Work.Data.Test);
        var evaluator = new AttentionEvaluator(request.Images, request.ImageSize);
        var done = 0L;
        return await run.OneByOneAsync((network, subNetwork, checkpointSha256) =>
        {
            var started = run.Elapsed;
            var album = run.Pictures.AlbumOf(subNetwork.ToString());
            using var vit = (PlainViT)PlainNetworks.Of(network, run.Configuration, subNetwork);
            var result = evaluator.Evaluate(
                vit,
                subNetwork.ToString(),
                images,
                picture =>
                {
                    album.Add(picture);
                    run.Outlet.Progress(new("attention", ++done, (long)Math.Min(request.Images, images.Count) * run.SubNetworks.Count, 0));
                },
                run.Stop);
            var protocol = AttentionRecords.Protocol(
                request, result, run.Configuration, run.Context.Lease.Device, run.Context.Device.ThreadsFor(0), checkpointSha256);
            run.Outlet.Result(AttentionRecords.Of(result, album.Pictures, run.Grid, run.Configuration, protocol, run.Elapsed - started));
            return result.Images.Used;
        }).ConfigureAwait(false);
    }
}
