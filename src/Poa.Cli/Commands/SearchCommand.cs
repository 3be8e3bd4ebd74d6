using System.CommandLine;
using Poa.Actors.Abstractions;
using Poa.Cli.Hosting;
using Poa.Cli.Rendering;
using Poa.Cli.Running;
using Poa.Elastic;

namespace Poa.Cli.Commands;

/// <summary><c>poa search</c>: the best sub-network within a budget, with few evaluations.</summary>
internal static class SearchCommand
{
    public static Command Create(CliContext context)
    {
        var run = CommonOptions.Run();
        var benchmark = new Option<string>("--benchmark") { Description = $"What makes a sub-network the best. One of: {string.Join(", ", Benchmarks.Searchable)}.", DefaultValueFactory = _ => Benchmarks.Knn };
        benchmark.AcceptOnlyFromAmong([.. Benchmarks.Searchable]);
        var metric = new Option<string?>("--metric") { Description = "Its figure, such as top5@20; otherwise the one that results show first.", HelpName = "NAME" };
        var parameters = new Option<string?>("--max-parameters") { Description = "The most parameters, such as 2M.", HelpName = "N" };
        var macs = new Option<string?>("--max-macs") { Description = "The most multiply-accumulates of one image, such as 1.2G.", HelpName = "N" };
        var latency = new Option<double?>("--max-latency-ms") { Description = "The longest median time of a forward pass on the worker's device, in milliseconds: measured as by `poa latency`.", HelpName = "MS" };
        var evaluations = new Option<int?>("--evaluations") { Description = "How many evaluations it may ask for; otherwise a third of the sub-networks, at most 12.", HelpName = "N" };
        var checkpoint = new Option<long?>("--checkpoint") { Description = "Iteration of the checkpoint; the newest if not given.", HelpName = "N" };
        var train = new Option<string?>("--train-data") { Description = "Images to learn from, with labels; otherwise the run's own, where it has a held-out part.", HelpName = "SPEC" };
        var test = new Option<string?>("--test-data") { Description = "Held-out images.", HelpName = "SPEC" };
        var options = CommonOptions.BenchmarkSettings("--set", "Option of the benchmark, as of `poa evaluate`.");
        var latencyOptions = CommonOptions.BenchmarkSettings("--set-latency", "Option of the latency measurements, such as threads=1.");
        var id = new Option<string?>("--id") { Description = "Id of the search. One that is there is followed, whatever else is given.", HelpName = "ID" };
        var cancel = new Option<bool>("--cancel") { Description = "Give up the search that --id names." };
        var list = new Option<bool>("--list") { Description = "Print the searches of the run, newest first, and end." };
        var priority = CommonOptions.Priority();
        var (home, json) = (CommonOptions.Home(), CommonOptions.Json());
        var command = new PoaCommand("search",
            "Finds the best sub-network within a budget with few evaluations: measures where the figures so far promise most, and predicts the rest, with intervals.",
            "poa search latest --max-parameters 200k",
            "poa search latest --benchmark linear --set preset=quick --max-macs 4M --evaluations 5",
            "poa search latest --max-latency-ms 0.5 --set-latency threads=1",
            "poa search latest --list",
            "poa search latest --id search-20261126-4f2a --cancel")
        { run, benchmark, metric, parameters, macs, latency, evaluations, checkpoint, train, test, options, latencyOptions, id, cancel, list, priority, home, json };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var budget = new SearchBudget(
                parsed.GetValue(parameters) is { } most ? Quantity.ParseCount(most) : null,
                parsed.GetValue(macs) is { } work ? Quantity.ParseCount(work) : null,
                parsed.GetValue(latency));
            var given = (Id: parsed.GetValue(id), Cancel: parsed.GetValue(cancel));
            if (given is { Cancel: true, Id: null })
            {
                throw new CliException("--cancel does not say which search.", "Name it with --id.", ExitCodes.Usage);
            }

            if (parsed.GetValue(list))
            {
                return await ListAsync(context, HostTarget.Resolve(parsed.GetValue(home)), parsed.GetRequiredValue(run), parsed.GetValue(json), cancellationToken).ConfigureAwait(false);
            }

            await using var connection = await PoaConnection.OpenAsync(HostTarget.Resolve(parsed.GetValue(home)), HostNeed.Worker, cancellationToken).ConfigureAwait(false);
            var client = connection.Client;
            var runId = await RunCommands.ResolveAsync(client, parsed.GetRequiredValue(run), cancellationToken).ConfigureAwait(false);
            var existing = given.Id is { } known ? await SearchWatcher.FindAsync(client, known, cancellationToken).ConfigureAwait(false) : null;
            if (existing is not null && existing.Specification.Run != runId)
            {
                throw new CliException($"Search {given.Id} belongs to run {existing.Specification.Run}, not to {runId}.", "Name its run.", ExitCodes.Usage);
            }

            SearchSnapshot search;
            if (given.Cancel)
            {
                search = await client.Searches.CancelAsync(given.Id!, cancellationToken).ConfigureAwait(false);
            }
            else if (existing is not null)
            {
                search = existing;
            }
            else
            {
                var snapshot = await client.Runs.GetAsync(runId, cancellationToken).ConfigureAwait(false);
                var name = parsed.GetRequiredValue(benchmark);
                search = await client.Searches.StartAsync(
                    runId,
                    EvaluationImages.Choose(Benchmarks.Describe(name), snapshot.Specification.Data, parsed.GetValue(train), parsed.GetValue(test)),
                    budget,
                    name,
                    parsed.GetValue(evaluations),
                    parsed.GetValue(metric),
                    parsed.GetValue(checkpoint),
                    CommonOptions.Settings(parsed.GetValue(options)),
                    CommonOptions.Settings(parsed.GetValue(latencyOptions)),
                    given.Id,
                    priority: WorkPriority.Validate(parsed.GetValue(priority)),
                    cancellationToken: cancellationToken).ConfigureAwait(false);
            }

            search = await SearchWatcher.FollowAsync(client, search.Specification.SearchId, context, cancellationToken).ConfigureAwait(false);
            if (parsed.GetValue(json))
            {
                context.Out.WriteLine(Json.Text(search));
            }
            else
            {
                RunCommands.PrintLines(context, SearchLines.Of(search, await SearchWatcher.LatencyProtocolAsync(client, search, cancellationToken).ConfigureAwait(false)));
            }

            return search.Error is { } error ? throw new PoaException(error) : ExitCodes.Success;
        });
        return command;
    }

    private static async Task<int> ListAsync(CliContext context, HostTarget target, string run, bool json, CancellationToken cancellationToken)
    {
        await using var connection = await PoaConnection.OpenAsync(target, HostNeed.State, cancellationToken).ConfigureAwait(false);
        var runId = await RunCommands.ResolveAsync(connection.Client, run, cancellationToken).ConfigureAwait(false);
        var searches = await connection.Client.Searches.ListAsync(runId, int.MaxValue, cancellationToken).ConfigureAwait(false);
        if (json)
        {
            context.Out.WriteLine(Json.Text(searches));
            return ExitCodes.Success;
        }

        RunCommands.PrintLines(context, SearchLines.List(searches));
        return ExitCodes.Success;
    }
}
