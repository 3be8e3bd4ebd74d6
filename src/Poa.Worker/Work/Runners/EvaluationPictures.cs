using Poa.Actors.Abstractions;
using Poa.Data.Imaging;
using Poa.Evaluation.Drawing;
using Poa.Storage;
using Poa.Worker.Execution;

namespace Poa.Worker.Work.Runners;

/// <summary>
/// Keeps the pictures of an evaluation in the blob store: stored while it runs, before the result that lists them. A killed evaluation draws
/// and stores the same ones again under the same names.
/// </summary>
internal sealed class EvaluationPictures(EvaluationPictureStore store, WorkContext context, EvaluationWork work)
{
    private const string Extension = "jpg";

    private readonly string question = EvaluationKey.QuestionOf(work.Benchmark, work.Data, work.Options);

    private string Owner => context.Lease.Owner.Key;

    /// <summary>An empty album for the evaluation of a sub-network.</summary>
    public PictureAlbum AlbumOf(string subNetwork) => new((number, picture) => StoreAsync(subNetwork, number, picture));

    /// <summary>Removes the pictures of a result that a new one has taken the place of.</summary>
    public Task RemoveReplacedAsync(string subNetwork) => RemoveAsync(subNetwork, store.RemoveOthersAsync);

    /// <summary>Removes the pictures of an evaluation that was given up without a result.</summary>
    public Task RemoveGivenUpAsync(string subNetwork) => RemoveAsync(subNetwork, store.RemoveAsync);

    private async Task<EvaluationPicture> StoreAsync(string subNetwork, int number, DrawnPicture picture)
    {
        var file = await store.PublishAsync(KeyOf(subNetwork), Owner, number, Extension, ImageEncoder.EncodeJpeg(picture.Image), context.Stop.Lost).ConfigureAwait(false);
        return new(file.Name, picture.Caption, file.Size, file.Sha256, picture.Image.Width, picture.Image.Height);
    }

    private async Task RemoveAsync(string subNetwork, Func<EvaluationStateKey, string, CancellationToken, Task> remove)
    {
        try
        {
            await remove(KeyOf(subNetwork), Owner, context.Stop.Lost).ConfigureAwait(false);
        }
        catch (StorageException e)
        {
            // Only room is lost: no result lists them.
            context.Log.Warning($"Pictures of {subNetwork} that no result lists stay behind: {e.Message}");
        }
    }

    private EvaluationStateKey KeyOf(string subNetwork) => new(work.Run, work.Iteration, subNetwork, question);
}
