using System.Security.Claims;
using Microsoft.AspNetCore.Mvc;
using Poa.Actors.Client;
using Poa.Actors.Dashboard.Commands;
using Poa.Elastic;
using Poa.Storage;

namespace Poa.Actors.Dashboard.Api;

/// <summary>Sub-networks that are, or were to be, extracted.</summary>
internal static class SubNetworkRoutes
{
    private const string One = "/runs/{run}/subnetworks/{iteration}/{name}";

    /// <summary>Adds the routes.</summary>
    public static void Map(RouteGroupBuilder reads, RouteGroupBuilder known)
    {
        var read = reads.MapGroup("").WithTags("Sub-networks");
        read.MapGet("/runs/{run}/subnetworks", ListAsync).WithName("listSubNetworks").FindsNothing();
        read.MapGet(One, GetAsync).WithName("getSubNetwork").FindsNothing();
        read.MapMethods($"{One}/files/{{file}}", RouteConventions.GetAndHead, DownloadAsync).WithName("downloadSubNetworkFile").Downloads();

        var command = known.MapGroup("").WithTags("Sub-networks");
        command.MapPost("/runs/{run}/subnetworks", ExtractAsync).WithName("extractSubNetwork")
            .Commands<NewExtraction>(nameof(DashboardCommands.StartExtractionAsync)).Produces<ExtractionDetail>(StatusCodes.Status202Accepted);
        command.MapPost($"{One}/cancel", CancelAsync).WithName("cancelExtraction")
            .Commands<NoArguments>(nameof(DashboardCommands.CancelExtractionAsync));
    }

    /// <summary>The extractions of a run, oldest first, with their files where they are done.</summary>
    /// <param name="poa">The cluster.</param>
    /// <param name="run">Run id.</param>
    /// <param name="cancellationToken">Ends with the request.</param>
    internal static async Task<IReadOnlyList<ExtractionDetail>> ListAsync(PoaClient poa, string run, CancellationToken cancellationToken)
    {
        var keys = (await poa.Runs.GetAsync(run, cancellationToken)).Extractions.Select(ExtractionKey.Parse);
        return await Task.WhenAll(keys.Select(async key => ExtractionDetail.Of(key, await poa.Extractions.GetAsync(key, cancellationToken))));
    }

    /// <summary>An extraction as it stands, with its files once it is done.</summary>
    /// <param name="poa">The cluster.</param>
    /// <param name="run">Run id.</param>
    /// <param name="iteration">Iteration of the checkpoint.</param>
    /// <param name="name">Name of the sub-network, such as <c>384x12</c>.</param>
    /// <param name="cancellationToken">Ends with the request.</param>
    internal static async Task<ExtractionDetail> GetAsync(PoaClient poa, string run, long iteration, string name, CancellationToken cancellationToken)
    {
        var key = await KeyAsync(poa, run, iteration, name, cancellationToken);
        return ExtractionDetail.Of(key, await poa.Extractions.GetAsync(key, cancellationToken));
    }

    /// <summary>
    /// Downloads a file of an extracted sub-network; also in ranges (<c>Range</c>, <c>If-Range</c>). Its ETag is its SHA-256.
    /// </summary>
    /// <param name="poa">The cluster.</param>
    /// <param name="run">Run id.</param>
    /// <param name="iteration">Iteration of the checkpoint.</param>
    /// <param name="name">Name of the sub-network, such as <c>384x12</c>.</param>
    /// <param name="file">Name of the file, as the extraction lists it.</param>
    /// <param name="cancellationToken">Ends with the request.</param>
    internal static async Task<IResult> DownloadAsync(
        PoaClient poa, string run, long iteration, string name, string file, CancellationToken cancellationToken)
    {
        var key = await KeyAsync(poa, run, iteration, name, cancellationToken);
        var blobs = await poa.BlobsAsync(cancellationToken);
        var manifest = await new SubNetworkStore(blobs).FindAsync(key.Run, key.Iteration, key.SubNetwork, cancellationToken) ?? throw NotExtracted(key);
        return await ArtifactDownload.OpenAsync(blobs, manifest, file, manifest.CreatedAt, cancellationToken);
    }

    /// <summary>Extracts a sub-network of a checkpoint, or finds the one that is there. Once is enough.</summary>
    /// <param name="commands">Carries it out.</param>
    /// <param name="poa">The cluster.</param>
    /// <param name="user">Who asks.</param>
    /// <param name="run">Run id.</param>
    /// <param name="cancellationToken">Ends with the request.</param>
    /// <param name="body">Which one.</param>
    internal static async Task<IResult> ExtractAsync(
        DashboardCommands commands, PoaClient poa, ClaimsPrincipal user, string run, [FromBody] NewExtraction body, CancellationToken cancellationToken)
    {
        if (body.Iteration is { } iteration)
        {
            Check.Range(nameof(iteration), iteration, 0, BlobLayout.MaxIteration);
        }

        var key = await commands.StartExtractionAsync(user, run, body.SubNetwork, body.Iteration, cancellationToken);
        return TypedResults.Accepted(
            $"{ApiServices.Prefix}/runs/{key.Run}/subnetworks/{key.Iteration}/{key.SubNetwork}",
            ExtractionDetail.Of(key, await poa.Extractions.GetAsync(key, cancellationToken)));
    }

    /// <summary>Gives an extraction up unless it is done.</summary>
    /// <param name="commands">Carries it out.</param>
    /// <param name="poa">The cluster.</param>
    /// <param name="user">Who asks.</param>
    /// <param name="run">Run id.</param>
    /// <param name="iteration">Iteration of the checkpoint.</param>
    /// <param name="name">Name of the sub-network, such as <c>384x12</c>.</param>
    /// <param name="cancellationToken">Ends with the request.</param>
    internal static async Task<ExtractionDetail> CancelAsync(
        DashboardCommands commands, PoaClient poa, ClaimsPrincipal user, string run, long iteration, string name, CancellationToken cancellationToken)
    {
        var key = await KeyAsync(poa, run, iteration, name, cancellationToken);
        return ExtractionDetail.Of(key, await commands.CancelExtractionAsync(user, key, cancellationToken));
    }

    /// <summary>The extraction that an address means: one of those the run knows of.</summary>
    private static async Task<ExtractionKey> KeyAsync(PoaClient poa, string run, long iteration, string name, CancellationToken cancellationToken)
    {
        Check.Range(nameof(iteration), iteration, 0, BlobLayout.MaxIteration);
        if (!SubNetwork.TryParse(name, out var subNetwork))
        {
            throw new PoaException(ErrorCodes.InvalidArgument, "This is not the name of a sub-network.", "Write WIDTHxDEPTH, such as 384x12.");
        }

        var key = new ExtractionKey(run, iteration, subNetwork.ToString());
        return (await poa.Runs.GetAsync(run, cancellationToken)).Extractions.Contains(key.ToString()) ? key : throw NotExtracted(key);
    }

    private static PoaException NotExtracted(ExtractionKey key) =>
        new(ErrorCodes.ExtractionNotFound, $"{key} was not extracted.", $"Extract it: POST {ApiServices.Prefix}/runs/{key.Run}/subnetworks");
}

/// <summary>A sub-network to extract.</summary>
internal sealed record NewExtraction
{
    /// <summary>Its name, such as <c>384x12</c>.</summary>
    public required string SubNetwork { get; init; }

    /// <summary>Iteration of the checkpoint; null for the newest.</summary>
    public long? Iteration { get; init; }
}

/// <summary>An extraction as it stands.</summary>
/// <param name="Run">Run id.</param>
/// <param name="Iteration">Iteration of the checkpoint.</param>
/// <param name="SubNetwork">Name of the sub-network.</param>
/// <param name="Status">Where it stands.</param>
/// <param name="Error">Why it failed, if it did.</param>
/// <param name="Attempts">How often it was handed to a worker.</param>
/// <param name="FinishedAt">When it ended.</param>
/// <param name="Files">Its files, once it is completed.</param>
internal sealed record ExtractionDetail(
    string Run, long Iteration, string SubNetwork, JobStatus Status, WorkError? Error, int Attempts, DateTimeOffset? FinishedAt, IReadOnlyList<ArtifactFile> Files)
{
    /// <summary>An extraction for the wire; its files go by the names to download them by.</summary>
    public static ExtractionDetail Of(ExtractionKey key, ExtractionSnapshot snapshot) => new(
        key.Run, key.Iteration, key.SubNetwork, snapshot.Status, snapshot.Error, snapshot.Attempts, snapshot.FinishedAt,
        snapshot.Model is { } model ? [.. model.Files.Select(file => new ArtifactFile(file.Name[(file.Name.LastIndexOf('/') + 1)..], file.Size, file.Sha256))] : []);
}
