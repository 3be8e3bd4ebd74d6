using System.CommandLine;
using Poa.Actors.Abstractions;
using Poa.Cli.Hosting;

namespace Poa.Cli.Commands;

/// <summary><c>poa evaluate</c>: evaluates sub-networks of a checkpoint.</summary>
internal static class EvaluateCommand
{
    public static Command Create(CliContext context)
    {
        var run = CommonOptions.Run();
        var benchmark = new Option<string>("--benchmark") { Description = $"One of: {string.Join(", ", Benchmarks.All)}.", DefaultValueFactory = _ => Benchmarks.Knn };
        benchmark.AcceptOnlyFromAmong([.. Benchmarks.All]);
        var subNetworks = new Option<string>("--subnetworks") { Description = "all, or a list such as 48x2,96x5.", HelpName = "LIST", DefaultValueFactory = _ => "all" };
        var checkpoint = new Option<long?>("--checkpoint") { Description = "Iteration of the checkpoint; 0 is the untrained network. The newest if not given.", HelpName = "N" };
        var train = new Option<string?>("--train-data") { Description = "Images to learn from, with labels; coco and ade20k need sets such as coco:FOLDER?split=train. Otherwise the run's own, where it has a held-out part.", HelpName = "SPEC" };
        var test = new Option<string?>("--test-data") { Description = "Held-out images.", HelpName = "SPEC" };
        var options = CommonOptions.BenchmarkSettings(
            "--set", "Option of the benchmark, such as neighbours=10,20 or preset=quick; otherwise the run's configuration and the paper's protocol. --options lists them.");
        var list = new Option<bool>("--options") { Description = "Print the options of the benchmark and end." };
        var recompute = new Option<bool>("--recompute") { Description = "Compute anew what is stored." };
        var priority = CommonOptions.Priority();
        var (home, json) = (CommonOptions.Home(), CommonOptions.Json());
        var command = new PoaCommand("evaluate", "Evaluates sub-networks of a checkpoint. Results are kept for good; what is stored is not computed again.",
            "poa evaluate latest --benchmark knn --subnetworks all",
            "poa evaluate latest --subnetworks 48x2,96x5 --checkpoint 0",
            "poa evaluate latest --benchmark latency --set batch_size=8",
            "poa evaluate latest --benchmark linear --set preset=quick",
            "poa evaluate latest --benchmark linear --options",
            "poa evaluate poa-20261123-4f2a --train-data /data/train --test-data /data/test")
        { run, benchmark, subNetworks, checkpoint, train, test, options, list, recompute, priority, home, json };
        command.SetAction((parsed, cancellationToken) => parsed.GetValue(list) ? PrintOptions(context, Benchmarks.Describe(parsed.GetRequiredValue(benchmark))) : new SweepRequest
        {
            Target = HostTarget.Resolve(parsed.GetValue(home)),
            Run = parsed.GetRequiredValue(run),
            Benchmark = parsed.GetRequiredValue(benchmark),
            SubNetworks = SweepRequest.Selection([parsed.GetRequiredValue(subNetworks)]),
            Checkpoint = parsed.GetValue(checkpoint),
            Train = parsed.GetValue(train),
            Test = parsed.GetValue(test),
            Options = CommonOptions.Settings(parsed.GetValue(options)),
            Recompute = parsed.GetValue(recompute),
            Priority = WorkPriority.Validate(parsed.GetValue(priority)),
            Json = parsed.GetValue(json),
        }.RunAsync(context, cancellationToken));
        return command;
    }

    private static Task<int> PrintOptions(CliContext context, BenchmarkDescription benchmark)
    {
        var width = benchmark.Options.Max(name => name.Length) + 2;
        RunCommands.PrintLines(context, benchmark.DescribedOptions.Select(option => option.Name.PadRight(width) + option.Description));
        return Task.FromResult(ExitCodes.Success);
    }
}
