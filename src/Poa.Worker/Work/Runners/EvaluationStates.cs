using System.Globalization;
using Poa.Actors.Abstractions;
using Poa.Storage;
using Poa.Worker.Execution;

namespace Poa.Worker.Work.Runners;

/// <summary>
/// Keeps the intermediate checkpoints of an evaluation in the blob store beside the local folders that evaluators write: fetched before an
/// evaluation goes on, published while it runs, removed once its result is stored. What is stored outlives the process and the machine.
/// </summary>
internal sealed class EvaluationStates(EvaluationStateStore store, WorkContext context, EvaluationWork work, ResultOutlet outlet)
{
    // In the blob store every folder has a manifest of its own under this name.
    private const string LocalManifest = "manifest.json";
    private const string StoredManifest = "checkpoint.json";

    private readonly string question = EvaluationKey.QuestionOf(work.Benchmark, work.Data, work.Options);

    /// <summary>Folder of the checkpoints; those of a sub-network are in one of its name.</summary>
    public string Root { get; } = Path.Combine(context.Scratch, "states");

    /// <summary>Folder of the checkpoints of a sub-network, one sub-folder for each, named by its step.</summary>
    public string FolderOf(string subNetwork) => Path.Combine(Root, subNetwork);

    /// <summary>Fetches the newest checkpoint of a sub-network's evaluation, if there is one, to where the evaluator looks for it.</summary>
    public async Task FetchAsync(string subNetwork)
    {
        var partial = Path.Combine(context.Scratch, $"fetched-{subNetwork}");
        var damages = new List<ArtifactDamage>();
        var manifest = await store.OpenLatestAsync(
            KeyOf(subNetwork),
            partial,
            // What another sweep left may be continued, unless this one is to compute anew.
            found => !work.Recompute || found.Owner == context.Lease.Owner.Key,
            damages.Add,
            context.Stop.Token).ConfigureAwait(false);
        foreach (var damage in damages)
        {
            await context.Reporter.NoteAsync(NoteLevel.Warning, $"A damaged intermediate checkpoint of {subNetwork} is passed over: {damage}").ConfigureAwait(false);
        }

        if (manifest is null)
        {
            return;
        }

        File.Move(Path.Combine(partial, StoredManifest), Path.Combine(partial, LocalManifest));
        Directory.CreateDirectory(FolderOf(subNetwork));
        Directory.Move(partial, Path.Combine(FolderOf(subNetwork), manifest.Step.ToString("D10", CultureInfo.InvariantCulture)));
        await context.Reporter.NoteAsync(NoteLevel.Information, $"{work.Benchmark} of {subNetwork} goes on from step {manifest.Step}.").ConfigureAwait(false);
    }

    /// <summary>
    /// Publishes a checkpoint that an evaluator has written. Called on the device's thread and done when it returns: the evaluator may
    /// remove the folder afterwards.
    /// </summary>
    /// <param name="subNetwork">The sub-network.</param>
    /// <param name="folder">The checkpoint's folder, named by its step.</param>
    /// <exception cref="OperationCanceledException">The lease is lost.</exception>
    public void Publish(string subNetwork, string folder) => PublishAsync(subNetwork, folder).GetAwaiter().GetResult();

    /// <summary>Removes the checkpoints of a sub-network's evaluation that has its result, or was given up.</summary>
    public async Task RemoveAsync(string subNetwork)
    {
        try
        {
            await store.DeleteAsync(KeyOf(subNetwork), context.Stop.Lost).ConfigureAwait(false);
        }
        catch (StorageException e)
        {
            // Only room is lost: nobody asks for this evaluation any more.
            context.Log.Warning($"Intermediate checkpoints of {subNetwork} stay behind: {e.Message}");
        }
    }

    /// <summary>Removes the local checkpoints of a sub-network whose evaluation is over.</summary>
    public void RemoveLocal(string subNetwork)
    {
        if (Directory.Exists(FolderOf(subNetwork)))
        {
            Directory.Delete(FolderOf(subNetwork), recursive: true);
        }
    }

    private async Task PublishAsync(string subNetwork, string folder)
    {
        // A lease that has gone to another is found out before anything is overwritten.
        await outlet.ReportProgressAsync().ConfigureAwait(false);
        context.Stop.Lost.ThrowIfCancellationRequested();
        var step = long.Parse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture);
        ArtifactContent[] files =
        [
            .. ArtifactContent.FromFolder(folder).Select(file => file.Name == LocalManifest ? file with { Name = StoredManifest } : file),
        ];
        await store.PublishAsync(KeyOf(subNetwork), step, files, context.Lease.Owner.Key, SoftwareVersion.Product, context.Stop.Lost).ConfigureAwait(false);
        context.Log.Information($"Intermediate checkpoint of {subNetwork} at step {step} is stored.");
        outlet.StoredStates++;
        await outlet.ReportProgressAsync().ConfigureAwait(false);
    }

    private EvaluationStateKey KeyOf(string subNetwork) => new(work.Run, work.Iteration, subNetwork, question);
}
