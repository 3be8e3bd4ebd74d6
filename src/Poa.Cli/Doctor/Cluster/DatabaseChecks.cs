using Poa.Actors.Database;
using Poa.Cli.Rendering;

namespace Poa.Cli.Doctor.Cluster;

/// <summary>PostgreSQL: does it answer, has it the tables of this version, are clocks together, who is woken.</summary>
internal static class DatabaseChecks
{
    // Signs of life are compared between machines, and times are shown; nothing else needs clocks together.
    private static readonly TimeSpan Tolerated = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan TooFar = TimeSpan.FromMinutes(1);

    public static async Task<Check> SchemaAsync(PostgresDatabase database, ClusterAddress address, CancellationToken cancellationToken)
    {
        await database.CheckAsync(cancellationToken).ConfigureAwait(false);
        var status = await database.StatusAsync(cancellationToken).ConfigureAwait(false);
        return new Check("database", CheckStatus.Ok, string.Create(Formats.Plain, $"{address.Database} at {address.Server}, PostgreSQL {status.ServerVersion}, schema version {status.Version}"));
    }

    public static async Task<Check> ClockAsync(PostgresDatabase database, TimeProvider time, CancellationToken cancellationToken)
    {
        var reading = await database.ClockAsync(time, cancellationToken).ConfigureAwait(false);
        var off = reading.Ahead.Duration() - (reading.RoundTrip / 2);
        var found = string.Create(
            Formats.Plain, $"the data base's is {reading.Ahead.Duration().TotalMilliseconds:F0} ms {(reading.Ahead < TimeSpan.Zero ? "behind" : "ahead of")} this machine's; it answers in {reading.RoundTrip.TotalMilliseconds:F1} ms");
        const string remedy = "Have one time service (NTP, chrony) set the clocks of all machines.";
        return off > TooFar ? new Check("clock", CheckStatus.Failed, found, remedy)
            : off > Tolerated ? new Check("clock", CheckStatus.Warning, found, remedy)
            : new Check("clock", CheckStatus.Ok, found);
    }

    /// <summary>Runs that are active are woken by a reminder if the silo that holds them dies.</summary>
    public static async Task<Check> RemindersAsync(PostgresDatabase database, IReadOnlyList<string> activeRuns, TimeProvider time, CancellationToken cancellationToken)
    {
        var reminders = await database.RemindersAsync(cancellationToken).ConfigureAwait(false);
        var missing = activeRuns.Where(run => reminders.All(reminder => reminder.Grain != $"training-run/{run}")).ToList();
        if (missing.Count > 0)
        {
            return new Check("reminders", CheckStatus.Warning, $"none for {string.Join(", ", missing)}", "It is made again while the run is active; if it stays away, pause and resume the run.");
        }

        var now = time.GetUtcNow();
        return new Check("reminders", CheckStatus.Ok, reminders.Count == 0
            ? "none is needed: nothing is queued or runs"
            : string.Create(Formats.Plain, $"{reminders.Count}, the next one due in {(reminders.Min(reminder => reminder.NextAfter(now)) - now).TotalSeconds:F0} s"));
    }
}
