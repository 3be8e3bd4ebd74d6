using System.CommandLine;
using Poa.Actors.Abstractions;
using Poa.Cli.Hosting;

namespace Poa.Cli.Commands;

/// <summary><c>poa latency</c>: the short form of <c>poa evaluate --benchmark latency</c>.</summary>
internal static class LatencyCommand
{
    public static Command Create(CliContext context)
    {
        var run = CommonOptions.Run();
        var cells = new Argument<string[]>("CELLS") { Description = "Sub-networks such as 48x2 96x5; all if not given.", Arity = ArgumentArity.ZeroOrMore };
        var checkpoint = new Option<long?>("--checkpoint") { Description = "Iteration of the checkpoint; the newest if not given.", HelpName = "N" };
        var batch = new Option<int?>("--batch") { Description = "Images of a forward pass; 1 if not given.", HelpName = "N" };
        var threads = new Option<int?>("--threads") { Description = "Compute threads; those of the worker if not given.", HelpName = "N" };
        var imageSize = new Option<int?>("--image-size") { Description = "Pixels per side; the run's if not given.", HelpName = "N" };
        var repetitions = new Option<int?>("--repetitions") { Description = "Measured passes of each sub-network; 50 if not given.", HelpName = "N" };
        var warmUp = new Option<int?>("--warmup") { Description = "Passes before these; 5 if not given.", HelpName = "N" };
        var recompute = new Option<bool>("--recompute") { Description = "Measure anew what is stored." };
        var (home, json) = (CommonOptions.Home(), CommonOptions.Json());
        var command = new PoaCommand("latency", "Times a forward pass of extracted sub-networks on the worker's device, in milliseconds: median and 95th percentile (--json has more). Results are kept for good, with the device they were measured on.",
            "poa latency latest",
            "poa latency latest 48x2 96x5 --batch 8 --threads 1") { run, cells, checkpoint, batch, threads, imageSize, repetitions, warmUp, recompute, home, json };
        command.SetAction((parsed, cancellationToken) => new SweepRequest
        {
            Target = HostTarget.Resolve(parsed.GetValue(home)),
            Run = parsed.GetRequiredValue(run),
            Benchmark = Benchmarks.Latency,
            SubNetworks = SweepRequest.Selection(parsed.GetValue(cells) ?? []),
            Checkpoint = parsed.GetValue(checkpoint),
            Options = SweepRequest.Numbers(
                ("batch_size", parsed.GetValue(batch)),
                ("threads", parsed.GetValue(threads)),
                ("image_size", parsed.GetValue(imageSize)),
                ("repetitions", parsed.GetValue(repetitions)),
                ("warmup", parsed.GetValue(warmUp))),
            Recompute = parsed.GetValue(recompute),
            Json = parsed.GetValue(json),
        }.RunAsync(context, cancellationToken));
        return command;
    }
}
