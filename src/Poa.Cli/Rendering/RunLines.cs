using Poa.Actors.Abstractions;

namespace Poa.Cli.Rendering;

/// <summary>A run in words, and the exit code that its state stands for.</summary>
internal static class RunLines
{
    /// <summary>Prints how a run stands.</summary>
    /// <exception cref="PoaException">It failed, and not as JSON: the run's own error.</exception>
    public static void Print(TextWriter writer, RunSnapshot run, bool json)
    {
        if (json)
        {
            writer.WriteLine(Json.Text(Data(run)));
            return;
        }

        var checkpoint = run.LatestCheckpoint is { } latest
            ? string.Create(Formats.Plain, $", checkpoint at iteration {latest.Iteration}")
            : "";
        writer.WriteLine($"{run.Specification.RunId} {Standing.Word(run.Status)}{checkpoint}");
        if (run is { Status: RunStatus.Failed, Error: { } error })
        {
            throw new PoaException(error);
        }
    }

    /// <summary>What <c>--json</c> shows of a run.</summary>
    public static object Data(RunSnapshot run) => new
    {
        run = run.Specification.RunId,
        name = run.Specification.Name,
        status = run.Status,
        data = run.Specification.Data,
        run.Specification.Priority,
        run.Shards,
        run.CreatedAt,
        run.StartedAt,
        run.FinishedAt,
        run.Attempts,
        run.Progress,
        run.Checkpoints,
        run.Cost,
        run.Error,
        run.Sweeps,
        run.Extractions,
        events = run.Events,
    };

    /// <summary>A failed or cancelled run is a failure of the command that waited for it.</summary>
    public static int ExitCode(RunSnapshot run) => run.Status switch
    {
        RunStatus.Failed => run.Error is { } error ? Failures.CodeOf(error) : ExitCodes.Failure,
        RunStatus.Cancelled => ExitCodes.Failure,
        _ => ExitCodes.Success,
    };
}
