using System.CommandLine;
using Poa.Actors.Abstractions;
using Poa.Actors.Client;
using Poa.Actors.Dashboard.Hosting;
using Poa.Cli.Hosting;
using Poa.Cli.Rendering;
using Poa.Cli.Running;
using Poa.Elastic;
using Poa.Networks;
using Poa.Worker;
using TorchSharp;

namespace Poa.Cli.Commands;

/// <summary>
/// <c>poa demo</c>: pre-trains on the demo images, evaluates every sub-network before and after, delivers one of them. Everything
/// goes through the typed client, as a user's program would do it.
/// </summary>
internal static class DemoCommand
{
    private const string DefaultHome = "poa-data/demo";

    public static Command Create(CliContext context)
    {
        var exit = new Option<bool>("--exit") { Description = "End after the table; otherwise the host runs until Ctrl+C." };
        var quick = new Option<bool>("--quick") { Description = "A smoke run of about a minute: shows that everything works, not how well it learns." };
        var all = new Option<bool>("--all") { Description = "Also a linear probe, COCO and ADE20K on three sub-networks, before and after pre-training, on scenes composed of demo images: at most 20 minutes in all." };
        var home = new Option<string?>("--home") { Description = $"Data folder; ./{DefaultHome} if not given.", HelpName = "DIR" };
        var command = new PoaCommand("demo", "Pre-trains a small elastic ViT on the demo images in minutes and shows what each of its sub-networks is worth.",
            "poa demo",
            "poa demo --all",
            "poa demo --quick --exit") { exit, quick, all, home };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var folder = Path.GetFullPath(parsed.GetValue(home) ?? DefaultHome);
            await using var connection = await PoaConnection.OpenAsync(HostTarget.OfFolder(folder), HostNeed.Worker, cancellationToken).ConfigureAwait(false);
            if (await DashboardAsync(connection, folder, cancellationToken).ConfigureAwait(false) is { } dashboard)
            {
                context.Error.WriteLine($"dashboard: {dashboard}");
            }

            var report = await RunAsync(connection, folder, parsed.GetValue(quick), parsed.GetValue(all), context, cancellationToken).ConfigureAwait(false);
            RunCommands.PrintLines(context, report.Lines(context.Width));
            if (!parsed.GetValue(exit) && connection.OwnHost is { } host)
            {
                context.Out.WriteLine();
                context.Out.WriteLine(string.Create(Formats.Plain, $"The host goes on serving {folder} on 127.0.0.1:{host.GatewayPort}; Ctrl+C stops it."));
                context.Out.WriteLine($"dashboard: {host.Dashboard}");
                await UpCommand.UntilStoppedAsync(cancellationToken).ConfigureAwait(false);
            }

            return ExitCodes.Success;
        });
        return command;
    }

    /// <summary>Where to watch the demo: on the pages of this process or, where another one serves the folder, on those of that.</summary>
    private static async Task<string?> DashboardAsync(PoaConnection connection, string folder, CancellationToken cancellationToken)
    {
        if (connection.IsEmbedded)
        {
            await connection.StartDashboardAsync(
                new DashboardOptions { Home = folder, IsPortNegotiable = true, RunThreads = WorkerOptions.DefaultThreads() }, cancellationToken).ConfigureAwait(false);
        }

        return HostFile.TryRead(folder)?.Dashboard;
    }

    private static async Task<DemoReport> RunAsync(PoaConnection connection, string folder, bool quick, bool all, CliContext context, CancellationToken cancellationToken)
    {
        var client = connection.Client;
        var plan = RunPlan.Make(null, quick ? "demo-quick" : "demo", [], "demo?split=train");
        var grid = plan.Configuration.Grid();
        context.Error.WriteLine(string.Create(Formats.Plain,
            $"Pre-training {grid.SubNetworks.Count} sub-networks at once, {grid.Smallest} to {grid.Intact}: {plan.Configuration.TotalIterations} steps of {plan.Configuration.Train.BatchSizePerGpu} images"));
        var started = await client.Runs.StartAsync(
            plan.Configuration, plan.Data, RunId.New(context.Time).Replace("poa-", "demo-", StringComparison.Ordinal), "demo", cancellationToken: cancellationToken).ConfigureAwait(false);
        var id = started.Specification.RunId;
        var run = await RunWatcher.FollowOwnAsync(connection, id, context, cancellationToken).ConfigureAwait(false);
        if (run.Status != RunStatus.Completed)
        {
            throw run.Error is { } error
                ? new PoaException(error)
                : new CliException($"{id} is {Standing.Word(run.Status)}: somebody else stopped it.", $"Go on with: poa resume {id}");
        }

        var data = EvaluationImages.Choose(Benchmarks.Describe(Benchmarks.Knn), plan.Data, null, null);
        var pixels = await SweepAsync(client, id, data, Benchmarks.PixelKnn, 0, context, cancellationToken).ConfigureAwait(false);
        var untrained = await SweepAsync(client, id, data, Benchmarks.Knn, 0, context, cancellationToken).ConfigureAwait(false);
        var trained = await SweepAsync(client, id, data, Benchmarks.Knn, run.LatestCheckpoint!.Iteration, context, cancellationToken).ConfigureAwait(false);
        var chosen = DownstreamDemo.Choice(grid);
        var downstream = all
            ? await new DownstreamDemo(client, id, plan.Data, folder, quick, context).RunAsync(chosen, run.LatestCheckpoint.Iteration, cancellationToken).ConfigureAwait(false)
            : [];
        var model = await DeliverAsync(client, id, chosen[1], folder, cancellationToken).ConfigureAwait(false);

        var blobs = Path.Combine(folder, "blobs");
        return new DemoReport
        {
            Run = run,
            Threads = plan.Configuration.Train.Threads,
            Trained = trained,
            Untrained = untrained,
            Pixels = pixels[0],
            Downstream = downstream,
            Places =
            [
                ("data folder", folder),
                ("checkpoint", Path.Combine(blobs, "runs", id, "checkpoints", run.LatestCheckpoint.Iteration.ToString("D10", Formats.Plain))),
                ("sub-network", model.Path),
                ("", string.Create(Formats.Plain, $"{model.SubNetwork} as a plain ViT; loaded from this file alone it gives features of {model.FeatureChannels} channels")),
            ],
            NextSteps =
            [
                ("the table again", $"infra/poa results {id} --home {folder}"),
                ("another sub-network", $"infra/poa extract {id} {grid.Smallest} --home {folder} && infra/poa download {id} {grid.Smallest} -o ./{grid.Smallest} --home {folder}"),
                ("your own images", "infra/poa train --preset demo --data FOLDER"),
                ("full size", "infra/poa config --preset vit-ee1200"),
            ],
        };
    }

    private static async Task<IReadOnlyList<EvaluationResult>> SweepAsync(
        PoaClient client, string run, EvaluationData data, string benchmark, long iteration, CliContext context, CancellationToken cancellationToken)
    {
        var sweep = await client.Sweeps.StartAsync(run, data, benchmark, iteration: iteration, cancellationToken: cancellationToken).ConfigureAwait(false);
        await SweepWatcher.FollowAsync(client, sweep.Specification.SweepId, context, cancellationToken).ConfigureAwait(false);
        // Read back from the jobs that keep results for good, not from what this command happened to see.
        var rows = await client.Results.GridAsync(run, benchmark, iteration, cancellationToken).ConfigureAwait(false);
        return [.. rows.Select(row => row.Result)];
    }

    private static async Task<Delivered> DeliverAsync(PoaClient client, string run, SubNetwork subNetwork, string folder, CancellationToken cancellationToken)
    {
        var target = Path.Combine(folder, "downloads", run, subNetwork.ToString());
        var weights = await DeliveredNetwork.FetchAsync(client, run, subNetwork.ToString(), null, target, cancellationToken).ConfigureAwait(false);
        return new Delivered(weights, subNetwork, RunFromFileAlone(weights));
    }

    /// <summary>Loads the file as a plain network, which knows nothing of elasticity, and runs it.</summary>
    /// <returns>Channels of the image's feature.</returns>
    private static long RunFromFileAlone(string weights)
    {
        using var scope = torch.NewDisposeScope();
        using var network = PlainViT.Load(weights);
        var (channels, side) = (network.Configuration.InChannels, network.Configuration.ImageSize);
        var feature = network.Forward(torch.zeros(1, channels, side, side)).ClassToken;
        return feature.isfinite().all().item<bool>()
            ? feature.shape[^1]
            : throw new CliException($"The network in {weights} gives numbers that are not finite.", "Start the demo again; if it stays so, report it.");
    }

    private sealed record Delivered(string Path, SubNetwork SubNetwork, long FeatureChannels);
}
