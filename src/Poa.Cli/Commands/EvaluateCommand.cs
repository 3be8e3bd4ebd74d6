using System.CommandLine;
using Poa.Actors.Abstractions;
using Poa.Cli.Hosting;
using Poa.Cli.Running;

namespace Poa.Cli.Commands;

/// <summary><c>poa evaluate</c>: evaluates sub-networks of a checkpoint in one pass over the data.</summary>
internal static class EvaluateCommand
{
    public static Command Create(CliContext context)
    {
        var run = CommonOptions.Run();
        var benchmark = new Option<string>("--benchmark") { Description = $"One of: {string.Join(", ", Benchmarks.All)}.", DefaultValueFactory = _ => Benchmarks.Knn };
        benchmark.AcceptOnlyFromAmong([.. Benchmarks.All]);
        var subNetworks = new Option<string>("--subnetworks") { Description = "all, or a list such as 48x2,96x5.", HelpName = "LIST", DefaultValueFactory = _ => "all" };
        var checkpoint = new Option<long?>("--checkpoint") { Description = "Iteration of the checkpoint; 0 is the untrained network. The newest if not given.", HelpName = "N" };
        var train = new Option<string?>("--train-data") { Description = "Images whose labels the classifier knows. Otherwise the run's own, where it has a held-out part.", HelpName = "SPEC" };
        var test = new Option<string?>("--test-data") { Description = "Held-out images.", HelpName = "SPEC" };
        var options = new Option<string[]>("--set")
        {
            Description = "Option of the benchmark, such as neighbours=10,20 or temperature=0.07; otherwise the run's configuration.",
            HelpName = "key=value",
            AllowMultipleArgumentsPerToken = false,
        };
        var recompute = new Option<bool>("--recompute") { Description = "Compute anew what is stored." };
        var (home, json) = (CommonOptions.Home(), CommonOptions.Json());
        var command = new PoaCommand("evaluate", "Evaluates sub-networks of a checkpoint. Results are kept for good; what is stored is not computed again.",
            "poa evaluate latest --benchmark knn --subnetworks all",
            "poa evaluate latest --subnetworks 48x2,96x5 --checkpoint 0",
            "poa evaluate poa-20261123-4f2a --train-data /data/train --test-data /data/test")
        { run, benchmark, subNetworks, checkpoint, train, test, options, recompute, home, json };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var settings = Settings(parsed.GetValue(options) ?? []);
            await using var connection = await PoaConnection.OpenAsync(HomeFolder.Resolve(parsed.GetValue(home)), HostNeed.Worker, cancellationToken).ConfigureAwait(false);
            var client = connection.Client;
            var id = await RunCommands.ResolveAsync(client, parsed.GetRequiredValue(run), cancellationToken).ConfigureAwait(false);
            var snapshot = await client.Runs.GetAsync(id, cancellationToken).ConfigureAwait(false);
            var data = EvaluationImages.Choose(snapshot.Specification.Data, parsed.GetValue(train), parsed.GetValue(test));
            var selection = parsed.GetValue(subNetworks);
            var sweep = await client.Sweeps.StartAsync(
                id, data, parsed.GetValue(benchmark)!,
                selection is null or "all" ? null : selection.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries),
                parsed.GetValue(checkpoint), settings, parsed.GetValue(recompute), cancellationToken: cancellationToken).ConfigureAwait(false);
            var results = await SweepWatcher.FollowAsync(client, sweep.Specification.SweepId, context, cancellationToken).ConfigureAwait(false);
            ResultsCommand.Print(context, id, sweep.Specification.Iteration, results, null, parsed.GetValue(json) ? ResultsForm.Json : ResultsForm.Table);
            return ExitCodes.Success;
        });
        return command;
    }

    private static Dictionary<string, string> Settings(IEnumerable<string> texts)
    {
        var settings = new Dictionary<string, string>();
        foreach (var text in texts)
        {
            var equals = text.IndexOf('=', StringComparison.Ordinal);
            if (equals <= 0)
            {
                throw new CliException($"'{text}' is not of the form key=value.", "Write for example: --set neighbours=10,20", ExitCodes.Usage);
            }

            settings[text[..equals]] = text[(equals + 1)..];
        }

        return settings;
    }
}
