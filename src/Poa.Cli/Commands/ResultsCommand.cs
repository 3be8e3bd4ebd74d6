using System.CommandLine;
using Poa.Actors.Abstractions;
using Poa.Cli.Hosting;
using Poa.Cli.Rendering;

namespace Poa.Cli.Commands;

/// <summary>How results are printed.</summary>
internal enum ResultsForm
{
    /// <summary>A width x depth table for people.</summary>
    Table,

    /// <summary>Everything, with protocols.</summary>
    Json,

    /// <summary>One line per sub-network.</summary>
    Csv,
}

/// <summary><c>poa results</c>: stored results of a run.</summary>
internal static class ResultsCommand
{
    public static Command Create(CliContext context)
    {
        var run = CommonOptions.Run();
        var benchmark = new Option<string>("--benchmark") { Description = $"One of: {string.Join(", ", Benchmarks.All)}.", DefaultValueFactory = _ => Benchmarks.Knn };
        benchmark.AcceptOnlyFromAmong([.. Benchmarks.All]);
        var checkpoint = new Option<long?>("--checkpoint") { Description = "Iteration of the checkpoint; the newest with results if not given.", HelpName = "N" };
        var metric = new Option<string?>("--metric") { Description = "Figure to show, such as top1@20 or top5@10.", HelpName = "NAME" };
        var csv = new Option<bool>("--csv") { Description = "Print every figure as comma-separated values." };
        var (home, json) = (CommonOptions.Home(), CommonOptions.Json());
        var command = new PoaCommand("results", "Prints stored results as a width x depth table.",
            "poa results latest",
            "poa results latest --checkpoint 0 --metric top5@20",
            "poa results latest --csv > results.csv") { run, benchmark, checkpoint, metric, csv, home, json };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            await using var connection = await PoaConnection.OpenAsync(HostTarget.Resolve(parsed.GetValue(home)), HostNeed.State, cancellationToken).ConfigureAwait(false);
            var id = await RunCommands.ResolveAsync(connection.Client, parsed.GetRequiredValue(run), cancellationToken).ConfigureAwait(false);
            var rows = await connection.Client.Results.GridAsync(id, parsed.GetValue(benchmark)!, parsed.GetValue(checkpoint), cancellationToken).ConfigureAwait(false);
            if (rows.Count == 0)
            {
                throw new CliException($"Run {id} has no stored results of {parsed.GetValue(benchmark)}{(parsed.GetValue(checkpoint) is { } at ? $" at iteration {at}" : "")}.",
                    $"Evaluate it: poa evaluate {id} --benchmark {parsed.GetValue(benchmark)}", ExitCodes.NotFound);
            }

            var form = parsed.GetValue(json) ? ResultsForm.Json : parsed.GetValue(csv) ? ResultsForm.Csv : ResultsForm.Table;
            Print(context, id, rows[0].Iteration, [.. rows.Select(row => row.Result)], parsed.GetValue(metric), form);
            return ExitCodes.Success;
        });
        return command;
    }

    /// <summary>Prints results of one checkpoint and benchmark.</summary>
    public static void Print(CliContext context, string run, long iteration, IReadOnlyList<EvaluationResult> results, string? metric, ResultsForm form)
    {
        switch (form)
        {
            case ResultsForm.Json:
                context.Out.WriteLine(Json.Text(new { run, iteration, results }));
                break;
            case ResultsForm.Csv:
                RunCommands.PrintLines(context, ResultTables.CsvLines(run, iteration, results));
                break;
            default:
                var chosen = ResultTables.ChooseMetric(results, metric);
                context.Out.WriteLine(string.Create(Formats.Plain, $"{results[0].Benchmark} of {run} at iteration {iteration}, in {Benchmarks.Describe(results[0].Benchmark).Unit}"));
                string[] figures = metric is null && results[0].Benchmark == Benchmarks.Latency ? [chosen, "p95_ms"] : [chosen];
                RunCommands.PrintLines(context, ResultTables.Grid(results, figures, context.Width));
                context.Out.WriteLine($"({ResultTables.Protocol(results)})");
                break;
        }
    }
}
