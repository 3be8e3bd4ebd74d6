using System.Globalization;
using Poa.Actors.Client;
using Poa.Storage;

namespace Poa.Actors.Dashboard.Api;

/// <summary>Checkpoints of a run and their files.</summary>
internal static class CheckpointRoutes
{
    /// <summary>Adds the routes.</summary>
    public static void Map(RouteGroupBuilder reads)
    {
        var checkpoints = reads.MapGroup("").WithTags("Checkpoints");
        checkpoints.MapGet("/runs/{run}/checkpoints", ListAsync).WithName("listCheckpoints").FindsNothing();
        checkpoints.MapGet("/runs/{run}/checkpoints/{iteration}", GetAsync).WithName("getCheckpoint").FindsNothing();
        checkpoints.MapMethods("/runs/{run}/checkpoints/{iteration}/files/{file}", RouteConventions.GetAndHead, DownloadAsync)
            .WithName("downloadCheckpointFile").Downloads();
    }

    /// <summary>The checkpoints of a run, oldest first.</summary>
    /// <param name="poa">The cluster.</param>
    /// <param name="run">Run id.</param>
    /// <param name="cancellationToken">Ends with the request.</param>
    internal static async Task<IReadOnlyList<RunCheckpoint>> ListAsync(PoaClient poa, string run, CancellationToken cancellationToken) =>
        (await poa.Runs.GetAsync(run, cancellationToken)).Checkpoints;

    /// <summary>A checkpoint with its files.</summary>
    /// <param name="poa">The cluster.</param>
    /// <param name="run">Run id.</param>
    /// <param name="iteration">Its iteration.</param>
    /// <param name="cancellationToken">Ends with the request.</param>
    internal static async Task<CheckpointDetail> GetAsync(PoaClient poa, string run, long iteration, CancellationToken cancellationToken)
    {
        var manifest = await ManifestAsync(poa, run, iteration, cancellationToken);
        return new CheckpointDetail(
            manifest.Run, manifest.Iteration, manifest.CreatedAt, manifest.ContentHash(), manifest.Configuration.Fingerprint, manifest.Parent,
            manifest.SoftwareVersion, manifest.Properties, manifest.Files);
    }

    /// <summary>
    /// Downloads a file of a checkpoint; also in ranges (<c>Range</c>, <c>If-Range</c>). Its ETag is its SHA-256.
    /// </summary>
    /// <param name="poa">The cluster.</param>
    /// <param name="run">Run id.</param>
    /// <param name="iteration">Iteration of the checkpoint.</param>
    /// <param name="file">Name of the file, as the checkpoint lists it.</param>
    /// <param name="cancellationToken">Ends with the request.</param>
    internal static async Task<IResult> DownloadAsync(PoaClient poa, string run, long iteration, string file, CancellationToken cancellationToken)
    {
        var manifest = await ManifestAsync(poa, run, iteration, cancellationToken);
        return await ArtifactDownload.OpenAsync(await poa.BlobsAsync(cancellationToken), manifest, file, manifest.CreatedAt, cancellationToken);
    }

    private static async Task<CheckpointManifest> ManifestAsync(PoaClient poa, string run, long iteration, CancellationToken cancellationToken)
    {
        Check.Range(nameof(iteration), iteration, 0, BlobLayout.MaxIteration);
        await poa.Runs.GetAsync(run, cancellationToken);
        return await new CheckpointStore(await poa.BlobsAsync(cancellationToken)).FindAsync(run, iteration, cancellationToken) ?? throw new PoaException(
            ErrorCodes.CheckpointNotFound,
            string.Create(CultureInfo.InvariantCulture, $"Run {run} has no checkpoint {iteration}."),
            "Choose one of the list of the run's checkpoints; older ones may have been removed.");
    }
}

/// <summary>A checkpoint as its manifest states it.</summary>
/// <param name="Run">Run id.</param>
/// <param name="Iteration">Training steps done; 0 is the untrained network.</param>
/// <param name="CreatedAt">When it was published.</param>
/// <param name="ContentHash">SHA-256 over names, sizes and hashes of its files, lower-case hexadecimal: the checkpoint hash of an evaluation's protocol.</param>
/// <param name="ConfigurationFingerprint">SHA-256 of the run's configuration, lower-case hexadecimal.</param>
/// <param name="Parent">Iteration of the checkpoint that it was trained on from; null for the first.</param>
/// <param name="SoftwareVersion">Version of the software that wrote it.</param>
/// <param name="Properties">Free facts, such as device and loss.</param>
/// <param name="Files">Its files.</param>
internal sealed record CheckpointDetail(
    string Run,
    long Iteration,
    DateTimeOffset CreatedAt,
    string ContentHash,
    string ConfigurationFingerprint,
    long? Parent,
    string SoftwareVersion,
    IReadOnlyDictionary<string, string> Properties,
    IReadOnlyList<ArtifactFile> Files);
