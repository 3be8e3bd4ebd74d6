using Poa.Actors.Client;
using Poa.Elastic;
using Poa.Storage;

namespace Poa.Actors.Dashboard.Api;

/// <summary>Pictures of stored results. Only names that a result lists exist here; what stands in an address is compared with them and used for nothing else.</summary>
internal static class PictureRoutes
{
    // A name always means the same bytes.
    private const string Caching = "private, max-age=31536000, immutable";

    /// <summary>Adds the routes.</summary>
    public static void Map(RouteGroupBuilder reads) => reads
        .MapMethods("/runs/{run}/results/{iteration}/{name}/{question}/pictures/{file}", RouteConventions.GetAndHead, GetAsync)
        .WithTags("Results").WithName("getResultPicture").Downloads(EvaluationPicture.MediaType);

    /// <summary>A picture of a stored result. Its ETag is its SHA-256.</summary>
    /// <param name="poa">The cluster.</param>
    /// <param name="response">Gets what a browser may keep.</param>
    /// <param name="run">Run id.</param>
    /// <param name="iteration">Iteration of the checkpoint.</param>
    /// <param name="name">Name of the sub-network, such as <c>384x12</c>.</param>
    /// <param name="question">Benchmark, images and options, as the results tell it, such as <c>coco-0123456789abcdef</c>.</param>
    /// <param name="file">Name of the picture, as the result lists it.</param>
    /// <param name="cancellationToken">Ends with the request.</param>
    internal static async Task<IResult> GetAsync(
        PoaClient poa, HttpResponse response, string run, long iteration, string name, string question, string file, CancellationToken cancellationToken)
    {
        Check.Range(nameof(iteration), iteration, 0, BlobLayout.MaxIteration);
        if (!SubNetwork.TryParse(name, out var subNetwork))
        {
            throw new PoaException(ErrorCodes.InvalidArgument, "This is not the name of a sub-network.", "Write WIDTHxDEPTH, such as 384x12.");
        }

        var key = EvaluationKey.Of(run, iteration, subNetwork.ToString(), question);
        await poa.Runs.GetAsync(run, cancellationToken);
        var set = await poa.Pictures.FindAsync(key, cancellationToken);
        var listed = set?.Pictures.FirstOrDefault(picture => string.Equals(picture.Name, file, StringComparison.Ordinal)) ?? throw new PoaException(
            ErrorCodes.BlobNotFound, "There is no picture of this name.", $"See what a result lists: {ApiServices.Prefix}/runs/{run}/results");
        var published = new ArtifactFile(listed.Name, listed.Size, listed.Sha256);
        var stream = await ArtifactDownload.ReadAsync(
            await poa.BlobsAsync(cancellationToken), PicturesClient.BlobOf(key, listed), published, "Evaluate the sub-network again.", cancellationToken);
        response.Headers.CacheControl = Caching;
        return TypedResults.Stream(
            stream, EvaluationPicture.MediaType, lastModified: set!.FinishedAt, entityTag: ArtifactDownload.TagOf(published), enableRangeProcessing: true);
    }
}
