using Poa.Actors.Abstractions;
using Poa.Elastic;
using Poa.Networks;
using Poa.Storage;
using Poa.Worker.Execution;

namespace Poa.Worker.Work;

/// <summary>The published weights that a run begins with.</summary>
internal static class InitialWeights
{
    /// <summary>Fetches the file that the configuration names and says what becomes of its tensors, before a device is asked for anything.</summary>
    /// <returns>Path of the file; null if the run begins with random weights.</returns>
    /// <exception cref="PoaException">The configuration names a file that is not in the store.</exception>
    /// <exception cref="PublishedWeightsException">The file does not fit the network; the message has every reason.</exception>
    /// <exception cref="StorageException">The file is not there or is damaged.</exception>
    public static async Task<string?> FetchAsync(WorkContext context, IBlobStore blobs, PoaConfiguration configuration)
    {
        var model = configuration.Model;
        if (model.Weights.Length == 0)
        {
            return null;
        }

        var hash = model.StoredWeights ?? throw new PoaException(
            ErrorCodes.InvalidArgument, $"MODEL.WEIGHTS is '{model.Weights}', which names no stored file.", "Store the file with: poa weights upload FILE; then start a run with the name that it prints.");
        var path = Path.Combine(context.Scratch, Path.GetFileName(BlobLayout.PublishedWeights(hash)));
        await new PublishedWeightStore(blobs).DownloadAsync(hash, path, context.Stop.Token).ConfigureAwait(false);
        var report = PublishedWeights.Inspect(path, configuration.ViTArchitecture());
        if (!report.Fits)
        {
            throw new PublishedWeightsException(report);
        }

        if (context.Lease.Gang is not { Rank: > 0 })
        {
            await context.Reporter.NoteAsync(NoteLevel.Information, $"The network starts from the weights {model.Weights}: {report.Summary()}").ConfigureAwait(false);
        }

        return path;
    }
}
