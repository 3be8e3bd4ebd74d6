using System.Security.Claims;
using Poa.Actors.Dashboard.Security;
using Poa.Elastic;

namespace Poa.Actors.Dashboard.Commands;

public sealed partial class DashboardCommands
{
    /// <summary>Has the data looked at, then creates and queues a run.</summary>
    /// <param name="user">Who asks.</param>
    /// <param name="run">What for.</param>
    /// <param name="cancellationToken">Stops waiting, not the command.</param>
    /// <exception cref="PoaException">
    /// It is refused, the configuration is wrong, the data cannot be used, or holds fewer images than a batch.
    /// </exception>
    [Command("run.start", Role.Operator)]
    public Task<RunSnapshot> StartRunAsync(ClaimsPrincipal user, NewRun run, CancellationToken cancellationToken = default) => DoAsync(
        user,
        run.RunId ?? "",
        $"{(run.Preset is null ? "configuration" : $"preset {run.Preset}")}{(run.Recipe is null ? "" : $", recipe {run.Recipe}")}, data {run.Data}, overrides [{string.Join(' ', run.Overrides)}], name {run.Name}{PriorityText(run.Priority)}",
        async () =>
        {
            var configuration = Settled(run);
            // A repeat of a command whose answer was lost finds its run, also if the data has gone meanwhile.
            var known = run.RunId is { } id && (await poa.Runs.QueryAsync(new CatalogQuery { Text = RunId.Validate(id) }, cancellationToken)).Entries.Any(e => e.RunId == id);
            var data = known ? (await poa.Runs.GetAsync(run.RunId!, cancellationToken)).Specification.Data : await UsableDataAsync(run, configuration, cancellationToken);
            return await poa.Runs.StartAsync(configuration, data, run.RunId, run.Name, priority: run.Priority, createdBy: NameOf(user),
                shards: run.Shards, minimumShards: run.MinimumShards, cancellationToken: cancellationToken);
        },
        snapshot => snapshot.Specification.RunId);

    /// <summary>Asks a run for a checkpoint and a stop.</summary>
    /// <param name="user">Who asks.</param>
    /// <param name="run">Run id.</param>
    /// <param name="cancellationToken">Stops waiting, not the command.</param>
    [Command("run.pause", Role.Operator)]
    public Task<RunSnapshot> PauseRunAsync(ClaimsPrincipal user, string run, CancellationToken cancellationToken = default) =>
        DoAsync(user, run, "", () => poa.Runs.PauseAsync(run, cancellationToken));

    /// <summary>Queues a paused or failed run again.</summary>
    /// <param name="user">Who asks.</param>
    /// <param name="run">Run id.</param>
    /// <param name="cancellationToken">Stops waiting, not the command.</param>
    [Command("run.resume", Role.Operator)]
    public Task<RunSnapshot> ResumeRunAsync(ClaimsPrincipal user, string run, CancellationToken cancellationToken = default) =>
        DoAsync(user, run, "", () => poa.Runs.ResumeAsync(run, cancellationToken));

    /// <summary>Stops a run for good, after a checkpoint.</summary>
    /// <param name="user">Who asks.</param>
    /// <param name="run">Run id.</param>
    /// <param name="cancellationToken">Stops waiting, not the command.</param>
    [Command("run.cancel", Role.Operator)]
    public Task<RunSnapshot> CancelRunAsync(ClaimsPrincipal user, string run, CancellationToken cancellationToken = default) =>
        DoAsync(user, run, "", () => poa.Runs.CancelAsync(run, cancellationToken));

    /// <summary><see cref="PauseRunAsync"/> for each of several runs; one that fails does not stop the others.</summary>
    /// <param name="user">Who asks.</param>
    /// <param name="runs">Run ids, at most <see cref="MaxTargets"/>.</param>
    /// <param name="cancellationToken">Stops waiting, not the commands.</param>
    /// <returns>What came of each, in the order given.</returns>
    [Command("run.pause", Role.Operator)]
    public Task<IReadOnlyList<CommandOutcome>> PauseRunsAsync(ClaimsPrincipal user, IReadOnlyList<string> runs, CancellationToken cancellationToken = default) =>
        DoEachAsync(user, runs, run => PauseRunAsync(user, run, cancellationToken));

    /// <summary><see cref="ResumeRunAsync"/> for each of several runs; one that fails does not stop the others.</summary>
    /// <param name="user">Who asks.</param>
    /// <param name="runs">Run ids, at most <see cref="MaxTargets"/>.</param>
    /// <param name="cancellationToken">Stops waiting, not the commands.</param>
    /// <returns>What came of each, in the order given.</returns>
    [Command("run.resume", Role.Operator)]
    public Task<IReadOnlyList<CommandOutcome>> ResumeRunsAsync(ClaimsPrincipal user, IReadOnlyList<string> runs, CancellationToken cancellationToken = default) =>
        DoEachAsync(user, runs, run => ResumeRunAsync(user, run, cancellationToken));

    /// <summary><see cref="CancelRunAsync"/> for each of several runs; one that fails does not stop the others.</summary>
    /// <param name="user">Who asks.</param>
    /// <param name="runs">Run ids, at most <see cref="MaxTargets"/>.</param>
    /// <param name="cancellationToken">Stops waiting, not the commands.</param>
    /// <returns>What came of each, in the order given.</returns>
    [Command("run.cancel", Role.Operator)]
    public Task<IReadOnlyList<CommandOutcome>> CancelRunsAsync(ClaimsPrincipal user, IReadOnlyList<string> runs, CancellationToken cancellationToken = default) =>
        DoEachAsync(user, runs, run => CancelRunAsync(user, run, cancellationToken));

    private async Task<string> UsableDataAsync(NewRun run, PoaConfiguration configuration, CancellationToken cancellationToken)
    {
        var found = await poa.Plans.InspectDataAsync(DataOf(run, configuration), cancellationToken);
        var batch = configuration.Train.BatchSizePerGpu;
        return found.Images >= batch || found.IsLowerBound
            ? found.Data
            : throw new PoaException(
                ErrorCodes.InvalidArgument,
                $"{found.Data} holds {found.Images} images, fewer than one batch (train.batch_size_per_gpu is {batch}).",
                $"Add images, or lower the batch: train.batch_size_per_gpu={found.Images}");
    }

    private static string DataOf(NewRun run, PoaConfiguration configuration) =>
        string.IsNullOrWhiteSpace(run.Data) ? configuration.Train.DatasetPath : run.Data.Trim();

    /// <summary>The configuration with the number of threads settled: it is a part of what a run computes.</summary>
    private PoaConfiguration Settled(NewRun run)
    {
        var configuration = run.Configure();
        return configuration.Train.Threads > 0 ? configuration : configuration with { Train = configuration.Train with { Threads = options.RunThreads } };
    }
}
