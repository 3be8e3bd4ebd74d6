using Poa.Evaluation;
using Poa.Storage;

namespace Poa.Worker.Work;

/// <summary>The teacher of a checkpoint, fetched and verified: what evaluation and extraction start from.</summary>
/// <param name="Manifest">The checkpoint.</param>
/// <param name="Path">The weight file.</param>
internal sealed record TeacherFiles(CheckpointManifest Manifest, string Path)
{
    /// <summary>Downloads only the teacher's weights.</summary>
    /// <exception cref="StorageException">There is no such checkpoint, or it is damaged.</exception>
    public static async Task<TeacherFiles> FetchAsync(IBlobStore blobs, string run, long iteration, string folder, CancellationToken cancellationToken)
    {
        var store = new CheckpointStore(blobs);
        var manifest = await store.FindAsync(run, iteration, cancellationToken).ConfigureAwait(false)
            ?? throw new StorageException(StorageFault.NotFound, $"Run {run} has no checkpoint at iteration {iteration}.", $"See those it has: poa checkpoints {run}");
        await store.DownloadAsync(manifest, folder, new HashSet<string> { TeacherBackbone.FileName }, cancellationToken).ConfigureAwait(false);
        return new TeacherFiles(manifest, System.IO.Path.Combine(folder, TeacherBackbone.FileName));
    }
}
