using Poa.Actors.Abstractions;
using Poa.Elastic;
using Poa.Storage;
using Poa.Worker.Execution;

namespace Poa.Worker.Work;

/// <summary>
/// Finds the frozen teacher of a run that distils one. When the run begins, that is a sub-network of another run's checkpoint, which is copied beside the
/// run's own checkpoints as a plain network; from then on it is the copy, whatever becomes of the other run.
/// </summary>
internal sealed class FrozenTeachers(IBlobStore blobs, TimeProvider time)
{
    private const string ModelFile = "model.safetensors";

    private readonly FrozenTeacherStore copies = new(blobs, time);

    /// <summary>Fetches the weights.</summary>
    /// <param name="context">The lease on the run's training.</param>
    /// <param name="configuration">The run's; it distils a frozen teacher.</param>
    /// <param name="publishes">Whether this worker makes the copy: the one that publishes the run's checkpoints does.</param>
    /// <returns>The weight file of a plain network.</returns>
    /// <exception cref="PoaException">There is no such run, checkpoint or sub-network.</exception>
    /// <exception cref="StorageException">The store fails, or what it holds is damaged.</exception>
    public async Task<string> FetchAsync(WorkContext context, PoaConfiguration configuration, bool publishes)
    {
        var (run, stop) = (context.Lease.Work.Run, context.Stop.Token);
        var folder = Path.Combine(context.Scratch, "frozen-teacher");
        Directory.CreateDirectory(folder);
        if (await copies.FindAsync(run, stop).ConfigureAwait(false) is { } copy)
        {
            await copies.DownloadAsync(copy, folder, stop).ConfigureAwait(false);
            return Path.Combine(folder, ModelFile);
        }

        var seed = configuration.Seed;
        var checkpoint = await FindAsync(seed, stop).ConfigureAwait(false);
        var trained = RunConfiguration.Parse(checkpoint.Configuration.Yaml);
        var subNetwork = Parse(trained.Grid(), seed);
        var teacher = await TeacherFiles.FetchAsync(blobs, checkpoint.Run, checkpoint.Iteration, Path.Combine(context.Scratch, "teacher-run"), stop).ConfigureAwait(false);
        await context.Device.RunAsync(
            threads: 0, device => PlainNetworks.Write(Path.Combine(folder, ModelFile), teacher.Path, trained, subNetwork, device), stop).ConfigureAwait(false);
        if (publishes)
        {
            var origin = new FrozenTeacherOrigin(checkpoint.Run, checkpoint.Iteration, subNetwork.ToString(), checkpoint.ContentHash());
            await copies.PublishAsync(run, origin, ArtifactContent.FromFolder(folder), SoftwareVersion.Product, stop).ConfigureAwait(false);
            await context.Reporter.NoteAsync(
                NoteLevel.Information, $"The frozen teacher is sub-network {subNetwork} of run {checkpoint.Run}, iteration {checkpoint.Iteration}; it is copied into this run.").ConfigureAwait(false);
        }

        return Path.Combine(folder, ModelFile);
    }

    private async Task<CheckpointManifest> FindAsync(SeedOptions seed, CancellationToken cancellationToken)
    {
        RunId.Validate(seed.TeacherRun);
        var store = new CheckpointStore(blobs);
        if (seed.TeacherStep >= 0)
        {
            return await store.FindAsync(seed.TeacherRun, seed.TeacherStep, cancellationToken).ConfigureAwait(false)
                ?? throw Missing($"has no checkpoint at iteration {seed.TeacherStep}", $"See those it has: poa checkpoints {seed.TeacherRun}; then start a new run with one of them as seed.teacher_step.");
        }

        var newest = (await store.ListAsync(seed.TeacherRun, cancellationToken: cancellationToken).ConfigureAwait(false))
            .Where(manifest => CheckpointStanding.FromProperties(manifest.Properties).IsGood)
            .MaxBy(manifest => manifest.Iteration);
        return newest ?? throw Missing("has no good checkpoint, or there is no such run", "See the runs there are: poa runs; then start a new run with one of them as seed.teacher_run.");

        PoaException Missing(string what, string remedy) => new(ErrorCodes.CheckpointNotFound, $"Run {seed.TeacherRun}, of which the frozen teacher is to be, {what}.", remedy);
    }

    private static SubNetwork Parse(ISubNetworkGrid grid, SeedOptions seed)
    {
        if (seed.TeacherSubNetwork.Length == 0)
        {
            return grid.Intact;
        }

        try
        {
            return grid.Parse(seed.TeacherSubNetwork);
        }
        catch (FormatException e)
        {
            throw new PoaException(new WorkError(
                ErrorCodes.InvalidArgument,
                $"Run {seed.TeacherRun} has no sub-network '{seed.TeacherSubNetwork}' (seed.teacher_sub_network): {e.Message}",
                "Start a new run with one of these, or with none for the intact network."), e);
        }
    }
}
