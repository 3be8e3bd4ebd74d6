using Poa.Actors.Abstractions;
using Poa.Actors.Client;
using Poa.Cli.Rendering;

namespace Poa.Cli.Running;

/// <summary>Prints the logs that workers wrote for a run.</summary>
/// <param name="client">Where they are read.</param>
/// <param name="run">Run id.</param>
/// <param name="shard">Only logs of this shard; null for all.</param>
/// <param name="context">Where they are printed.</param>
internal sealed class LogFollower(PoaClient client, string run, string? shard, CliContext context)
{
    /// <summary>More than a worker keeps of a log.</summary>
    private const int MaxBytes = 1 << 20;

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private readonly Dictionary<string, string[]> seen = [];
    private string? speaker;

    /// <summary>Prints the newest lines of the newest log of each shard and kind of work.</summary>
    /// <exception cref="CliException">There is none.</exception>
    public async Task PrintAsync(int lines, CancellationToken cancellationToken)
    {
        var all = await client.Runs.LogsAsync(run, cancellationToken).ConfigureAwait(false);
        var newest = Newest(all, shard);
        if (newest.Count == 0)
        {
            throw all.Count == 0
                ? new CliException($"No worker has written a log for {run}.", "Workers write one as soon as they begin; see `poa runs` for the run's state.", ExitCodes.NotFound)
                : new CliException($"No log of {run} is by '{shard}'.", $"There are logs by: {string.Join(", ", all.Select(log => log.Shard).Distinct().Order())}.", ExitCodes.NotFound);
        }

        foreach (var log in newest)
        {
            var (_, text) = await ReadAsync(log.Name, cancellationToken).ConfigureAwait(false);
            Print(log, text.AsSpan(Math.Max(0, text.Length - lines)), newest.Count > 1);
        }
    }

    /// <summary>Prints what comes until the run is at its end or paused.</summary>
    public async Task FollowAsync(CancellationToken cancellationToken)
    {
        for (var isLast = false; !isLast;)
        {
            // Asked first: what was written before the end is then printed, too.
            isLast = !(await client.Runs.GetAsync(run, cancellationToken).ConfigureAwait(false)).Status.IsActive();
            foreach (var log in Newest(await client.Runs.LogsAsync(run, cancellationToken).ConfigureAwait(false), shard))
            {
                var (before, text) = await ReadAsync(log.Name, cancellationToken).ConfigureAwait(false);
                Print(log, LogText.After(before, text), withHeading: true);
            }

            if (!isLast)
            {
                await Task.Delay(Interval, context.Time, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    /// <summary>The newest log of each shard and kind of work, oldest first.</summary>
    internal static IReadOnlyList<WorkLog> Newest(IReadOnlyList<WorkLog> logs, string? shard) =>
    [
        .. logs.Where(log => shard is null || log.Shard == shard)
            .GroupBy(log => (log.Shard, Kind: log.WorkId.Split('/')[0]))
            .Select(group => group.MaxBy(log => log.FencingToken)!)
            .OrderBy(log => log.FencingToken),
    ];

    /// <summary>The lines of a log, and those it had when it was read before.</summary>
    private async Task<(string[] Before, string[] Now)> ReadAsync(string name, CancellationToken cancellationToken)
    {
        var before = seen.GetValueOrDefault(name, []);
        var now = LogText.Lines(await client.Runs.LogTailAsync(run, name, MaxBytes, cancellationToken).ConfigureAwait(false));
        return (before, seen[name] = now);
    }

    private void Print(WorkLog log, ReadOnlySpan<string> lines, bool withHeading)
    {
        if (lines.IsEmpty)
        {
            return;
        }

        if (withHeading && speaker != log.Name)
        {
            context.Out.WriteLine(string.Create(Formats.Plain, $"== {log.WorkId} on {log.Shard}, lease {log.FencingToken} =="));
        }

        speaker = log.Name;
        foreach (var line in lines)
        {
            context.Out.WriteLine(line);
        }
    }
}
