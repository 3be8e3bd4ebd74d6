using System.CommandLine;
using Poa.Actors.Abstractions;
using Poa.Cli.Hosting;
using Poa.Cli.Rendering;
using Poa.Cli.Running;
using Poa.Elastic;

namespace Poa.Cli.Commands;

/// <summary><c>poa train</c>: starts a run and follows it.</summary>
internal static class TrainCommand
{
    public static Command Create(CliContext context)
    {
        var (config, preset, recipe, overrides) = ConfigCommand.ConfigurationOptions();
        var data = new Option<string?>("--data")
        {
            Description = "Training images: a folder (with one sub-folder per class, or none), demo, imagenet:FOLDER, fashion-mnist:FOLDER. "
                + "Otherwise the configuration's train.dataset_path.",
            HelpName = "SPEC",
        };
        var weights = new Option<string?>("--weights")
        {
            Description = "Published weights that the intact network starts from: a safetensors file of timm or DINOv2, of the same shape; see poa weights inspect.",
            HelpName = "FILE",
        };
        var run = new Option<string?>("--run") { Description = "Id of the new run; made up if not given. The same command twice equals once.", HelpName = "ID" };
        var name = new Option<string?>("--name") { Description = "Name for people." };
        var priority = CommonOptions.Priority();
        var shards = new Option<int>("--shards") { Description = "How many workers are to train it together, at most train.virtual_shards.", HelpName = "N", DefaultValueFactory = _ => 1 };
        var minimum = new Option<int>("--min-shards") { Description = "With how many of them it may begin, and go on when some are lost.", HelpName = "N", DefaultValueFactory = _ => 1 };
        var detach = new Option<bool>("--detach") { Description = "Return once the run is queued; needs a running host (poa up)." };
        var estimate = new Option<bool>("--estimate") { Description = "Start no run: print its size and cost, and how long it would take after measuring a few steps." };
        var home = CommonOptions.Home();
        var json = CommonOptions.Json();
        var command = new PoaCommand("train", "Pre-trains a network. Ctrl+C pauses the run with a checkpoint (where a host runs, it only ends the watching).",
            "poa train --preset demo --data demo",
            "poa train --preset vit-ee1200 --data imagenet:/data/imagenet train.batch_size_per_gpu=32",
            "poa train --config my.yaml --data /data/photos optim.epochs=10 --name photos",
            "poa train --preset demo --recipe dino --data demo",
            "poa train --preset vit-ee1200 --data /data/photos --weights vit_large_patch16_224.safetensors",
            "poa train --preset demo --data /data/photos --estimate") { config, preset, recipe, overrides, data, weights, run, name, priority, shards, minimum, detach, estimate, home, json };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var plan = RunPlan.Make(
                parsed.GetValue(config), parsed.GetValue(preset), parsed.GetValue(overrides) ?? [], parsed.GetValue(data), parsed.GetValue(recipe), parsed.GetValue(weights));
            if (parsed.GetValue(estimate))
            {
                return await EstimateAsync(plan, HostTarget.Resolve(parsed.GetValue(home)), parsed.GetValue(json), context, cancellationToken).ConfigureAwait(false);
            }

            var urgency = WorkPriority.Validate(parsed.GetValue(priority));
            var id = parsed.GetValue(run);
            var detached = parsed.GetValue(detach);
            await using var connection = await PoaConnection.OpenAsync(
                HostTarget.Resolve(parsed.GetValue(home)), detached ? HostNeed.Running : HostNeed.Worker, cancellationToken).ConfigureAwait(false);
            var configuration = await plan.StoreWeightsAsync(connection.Client, cancellationToken).ConfigureAwait(false);
            var started = await connection.Client.Runs.StartAsync(
                configuration, plan.Data, id is null ? null : RunId.Validate(id), parsed.GetValue(name) ?? "",
                priority: urgency, shards: parsed.GetValue(shards), minimumShards: parsed.GetValue(minimum), cancellationToken: cancellationToken).ConfigureAwait(false);
            var final = detached
                ? started
                : await RunWatcher.FollowOwnAsync(connection, started.Specification.RunId, context, cancellationToken).ConfigureAwait(false);
            RunLines.Print(context.Out, final, parsed.GetValue(json));
            return RunLines.ExitCode(final);
        });
        return command;
    }

    private static async Task<int> EstimateAsync(RunPlan plan, HostTarget target, bool json, CliContext context, CancellationToken cancellationToken)
    {
        await using var connection = await PoaConnection.OpenAsync(target, HostNeed.Worker, cancellationToken).ConfigureAwait(false);
        var measured = await EstimateWatcher.MeasureAsync(connection.Client, plan, context, cancellationToken).ConfigureAwait(false);
        var cost = RunCost.Of(plan.Configuration, measured.Images);
        if (json)
        {
            context.Out.WriteLine(Json.Text(new { data = plan.Data, cost, measured, notIncluded = CalibrationResult.NotIncluded }));
        }
        else
        {
            RunCommands.PrintLines(context, EstimateLines.Of(plan.Configuration.Grid(), cost, measured));
        }

        return ExitCodes.Success;
    }
}
