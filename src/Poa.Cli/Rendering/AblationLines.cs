using Poa.Actors.Abstractions;
using Poa.Actors.Client;

namespace Poa.Cli.Rendering;

/// <summary>An ablation in words: its table in Markdown, and what became of runs without figures.</summary>
internal static class AblationLines
{
    /// <summary>What was measured, the table, and one line for each run that has not all its figures.</summary>
    /// <param name="ablation">The ablation.</param>
    public static IEnumerable<string> Of(AblationSnapshot ablation)
    {
        var specification = ablation.Specification;
        yield return $"{specification.AblationId} {Word(ablation.Status)}: {specification.Title}, {AblationText.Count(ablation)}";
        yield return "";
        yield return $"{AblationText.Figure(ablation)}, mean{(specification.Seeds.Length > 1 ? " ± standard deviation" : "")} over {Seeds(specification)}; "
            + $"trained on {specification.Data}, judged on {specification.Evaluation.Test}";
        yield return "";
        yield return $"| |{string.Concat(specification.SubNetworks.Select(name => $" {name} |"))}";
        yield return $"| --- |{string.Concat(specification.SubNetworks.Select(_ => " ---: |"))}";
        foreach (var row in ablation.Table)
        {
            yield return $"| {row.Title} |{string.Concat(row.Cells.Select(cell => $" {AblationText.Cell(cell, specification.Seeds.Length)} |"))}";
        }

        AblationRun[] others = [.. ablation.Runs.Where(run => run.Status != AblationRunStatus.Completed)];
        if (others.Length > 0)
        {
            yield return "";
        }

        foreach (var run in others)
        {
            yield return string.Create(Formats.Plain, $"{run.Run}: {AblationText.Standing(run)}{(run.Error is { } error ? $": {error.Message} {error.Remedy}" : "")}");
        }
    }

    /// <summary>One line for each ablation.</summary>
    /// <param name="ablations">The ablations.</param>
    public static IEnumerable<string> List(IEnumerable<AblationEntry> ablations)
    {
        var table = new TextTable(
            new TextColumn("ABLATION"), new TextColumn("STATUS"), new TextColumn("CREATED"), new TextColumn("ROWS", Right: true), new TextColumn("RUNS", Right: true),
            new TextColumn("DONE", Right: true), new TextColumn("FAILED", Right: true), new TextColumn("BENCHMARK"), new TextColumn("TITLE"));
        foreach (var entry in ablations)
        {
            table.Row(
                entry.AblationId, Word(entry.Status), Formats.Moment(entry.CreatedAt), Formats.Count(entry.Rows), Formats.Count(entry.Runs),
                Formats.Count(entry.Completed), Formats.Count(entry.Failed), entry.Benchmark, entry.Title);
        }

        return table.Lines();
    }

    /// <summary>An ablation with failed runs, or one that was given up, is a failure of the command that waited for it.</summary>
    /// <param name="ablation">The ablation.</param>
    public static int ExitCode(AblationSnapshot ablation) =>
        ablation.Status is AblationStatus.CompletedWithFailures or AblationStatus.Cancelled ? ExitCodes.Failure : ExitCodes.Success;

    /// <summary>A state as commands print it.</summary>
    /// <param name="status">The state.</param>
    public static string Word(AblationStatus status) => status == AblationStatus.CompletedWithFailures ? "completed with failures" : Standing.Word(status);

    private static string Seeds(AblationSpecification specification) =>
        specification.Seeds.Length == 1 ? $"seed {specification.Seeds[0]}" : $"seeds {string.Join(", ", specification.Seeds)}";
}
