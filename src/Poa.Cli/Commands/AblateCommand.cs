using System.CommandLine;
using Poa.Actors.Abstractions;
using Poa.Actors.Client;
using Poa.Cli.Hosting;
using Poa.Cli.Rendering;
using Poa.Cli.Running;
using Poa.Elastic;

namespace Poa.Cli.Commands;

/// <summary><c>poa ablate</c>: trains the rows of a table with several seeds, measures them, and prints the table.</summary>
internal static class AblateCommand
{
    /// <summary>The configuration of the runs where none is given.</summary>
    private const string UsualBase = "demo";

    public static Command Create(CliContext context)
    {
        var preset = new Option<string?>("--preset") { Description = $"The table. One of: {string.Join(", ", AblationPresets.Names)}.", HelpName = "NAME" };
        var file = new Option<string?>("--rows-file") { Description = "YAML file with a table of your own: rows with name, title, and the keys that they set.", HelpName = "FILE" };
        var rows = new Option<string>("--rows") { Description = "Names of rows, such as poa,v1,v3, or all; otherwise the usual ones.", HelpName = "LIST", DefaultValueFactory = _ => "" };
        var seeds = new Option<int>("--seeds") { Description = "How many seeds each row is trained with: train.seed and those that follow.", HelpName = "N", DefaultValueFactory = _ => AblationsClient.UsualSeeds };
        var basis = new Option<string?>("--base") { Description = $"Configuration of the runs, a preset: one of {string.Join(", ", ConfigurationPresets.Names)}. {UsualBase} if neither this nor --config is given.", HelpName = "NAME" };
        var (config, _, _, overrides) = ConfigCommand.ConfigurationOptions();
        var data = new Option<string?>("--data") { Description = "Training images, as for `poa train`; otherwise the configuration's train.dataset_path.", HelpName = "SPEC" };
        var train = new Option<string?>("--train-data") { Description = "Images that the benchmark learns from, with labels; otherwise the training images, where they have a held-out part.", HelpName = "SPEC" };
        var test = new Option<string?>("--test-data") { Description = "Held-out images.", HelpName = "SPEC" };
        var subNetworks = new Option<string?>("--subnetworks") { Description = $"Which are measured; otherwise {string.Join(',', AblationsClient.UsualSubNetworks)}.", HelpName = "LIST" };
        var benchmark = new Option<string>("--benchmark") { Description = $"What is measured. One of: {string.Join(", ", Benchmarks.Searchable)}.", DefaultValueFactory = _ => Benchmarks.Knn };
        benchmark.AcceptOnlyFromAmong([.. Benchmarks.Searchable]);
        var metric = new Option<string?>("--metric") { Description = "Its figure, such as top5@20; otherwise the one that results show first.", HelpName = "NAME" };
        var options = CommonOptions.BenchmarkSettings("--set", "Option of the benchmark, as of `poa evaluate`.");
        var id = new Option<string?>("--id") { Description = $"Id of the ablation, at most {AblationId.MaxLength} characters; made up if not given. The same command twice equals once; alone it follows what is there.", HelpName = "ID" };
        var priority = CommonOptions.Priority();
        var detach = new Option<bool>("--detach") { Description = "Return once the runs are queued; needs a running host (poa up)." };
        var list = new Option<bool>("--list") { Description = "Print the ablations, newest first, and end." };
        var (home, json) = (CommonOptions.Home(), CommonOptions.Json());
        var command = new PoaCommand("ablate",
            "Trains the rows of a table, each with several seeds, measures sub-networks of every run, and prints the table with mean and deviation. Goes on where it was after any interruption.",
            "poa ablate --preset paper",
            "poa ablate --preset paper --rows all --seeds 3 --base demo-quick --id parts",
            "poa ablate --rows-file mine.yaml --config my.yaml --data /data/photos --train-data /data/train --test-data /data/test",
            "poa ablate --id ablation-20261126-4f2a",
            "poa ablate --list",
            "poa ablate show ablation-20261126-4f2a",
            "poa ablate cancel ablation-20261126-4f2a")
        {
            preset, file, rows, seeds, basis, config, overrides, data, train, test, subNetworks, benchmark, metric, options, id, priority, detach, list, home, json,
            OnOne(context, "show", "Prints the table of an ablation as it stands.", (client, ablation, cancellationToken) => client.Ablations.GetAsync(ablation, cancellationToken)),
            OnOne(context, "cancel", "Gives an ablation up: its runs and sweeps that have not ended. What was measured is kept.", (client, ablation, cancellationToken) => client.Ablations.CancelAsync(ablation, cancellationToken)),
        };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var target = HostTarget.Resolve(parsed.GetValue(home));
            if (parsed.GetValue(list))
            {
                return await ListAsync(context, target, parsed.GetValue(json), cancellationToken).ConfigureAwait(false);
            }

            var plan = AblationPlan.Make(
                parsed.GetValue(preset), parsed.GetValue(file), parsed.GetRequiredValue(rows), parsed.GetValue(id),
                (parsed.GetValue(basis), parsed.GetValue(config)) is (null, null) ? UsualBase : parsed.GetValue(basis),
                parsed.GetValue(config), parsed.GetValue(overrides) ?? [], parsed.GetValue(data));
            var evaluation = plan is null
                ? EvaluationData.None
                : EvaluationImages.Choose(Benchmarks.Describe(parsed.GetRequiredValue(benchmark)), plan.Run.Data, parsed.GetValue(train), parsed.GetValue(test));
            var urgency = WorkPriority.Validate(parsed.GetValue(priority));
            var detached = parsed.GetValue(detach);
            await using var connection = await PoaConnection.OpenAsync(target, detached ? HostNeed.Running : HostNeed.Worker, cancellationToken).ConfigureAwait(false);
            var ablations = connection.Client.Ablations;
            var started = plan is null
                ? await ablations.GetAsync(parsed.GetRequiredValue(id)!, cancellationToken).ConfigureAwait(false)
                : await ablations.StartAsync(
                    plan.Title, plan.Run.Configuration, plan.Rows, plan.Run.Data, evaluation, parsed.GetValue(seeds),
                    parsed.GetValue(subNetworks)?.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries),
                    parsed.GetRequiredValue(benchmark), CommonOptions.Settings(parsed.GetValue(options)), parsed.GetValue(metric), parsed.GetValue(id),
                    priority: urgency, cancellationToken: cancellationToken).ConfigureAwait(false);
            var ended = detached ? started : await AblationWatcher.FollowAsync(connection, started.Specification.AblationId, context, cancellationToken).ConfigureAwait(false);
            Print(context, ended, parsed.GetValue(json));
            return AblationLines.ExitCode(ended);
        });
        return command;
    }

    private static Command OnOne(CliContext context, string name, string description, Func<PoaClient, string, CancellationToken, Task<AblationSnapshot>> act)
    {
        var id = new Argument<string>("ID") { Description = "An ablation as `poa ablate --list` lists it." };
        var (home, json) = (CommonOptions.Home(), CommonOptions.Json());
        var command = new PoaCommand(name, description, $"poa ablate {name} ablation-20261126-4f2a") { id, home, json };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            await using var connection = await PoaConnection.OpenAsync(HostTarget.Resolve(parsed.GetValue(home)), HostNeed.State, cancellationToken).ConfigureAwait(false);
            Print(context, await act(connection.Client, parsed.GetRequiredValue(id), cancellationToken).ConfigureAwait(false), parsed.GetValue(json));
            return ExitCodes.Success;
        });
        return command;
    }

    private static async Task<int> ListAsync(CliContext context, HostTarget target, bool json, CancellationToken cancellationToken)
    {
        await using var connection = await PoaConnection.OpenAsync(target, HostNeed.State, cancellationToken).ConfigureAwait(false);
        var ablations = await connection.Client.Ablations.ListAsync(int.MaxValue, cancellationToken).ConfigureAwait(false);
        if (json)
        {
            context.Out.WriteLine(Json.Text(ablations));
        }
        else
        {
            RunCommands.PrintLines(context, AblationLines.List(ablations));
        }

        return ExitCodes.Success;
    }

    private static void Print(CliContext context, AblationSnapshot ablation, bool json)
    {
        if (json)
        {
            context.Out.WriteLine(Json.Text(ablation));
        }
        else
        {
            RunCommands.PrintLines(context, AblationLines.Of(ablation));
        }
    }
}
