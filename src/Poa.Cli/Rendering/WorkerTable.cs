using Poa.Actors.Abstractions;

namespace Poa.Cli.Rendering;

/// <summary>Worker shards as a table.</summary>
internal static class WorkerTable
{
    /// <summary>One line for each shard; <paramref name="now"/> is what times are measured from.</summary>
    public static IEnumerable<string> Lines(IEnumerable<ShardStanding> shards, DateTimeOffset now)
    {
        var table = new TextTable(
            new TextColumn("SHARD"), new TextColumn("STATE"), new TextColumn("CPU", Right: true), new TextColumn("MEMORY", Right: true),
            new TextColumn("PROCESS", Right: true), new TextColumn("SEEN", Right: true), new TextColumn("FOR", Right: true), new TextColumn("WORK"), new TextColumn("DEVICE"));
        foreach (var shard in shards)
        {
            var vitals = shard.IsLost ? null : shard.Vitals;
            table.Row(
                shard.Shard,
                State(shard),
                vitals is null ? "-" : string.Create(Formats.Plain, $"{100 * vitals.CpuLoad:F0} %"),
                vitals is null ? "-" : $"{Formats.Bytes(vitals.MemoryUsed)} of {Formats.Bytes(vitals.MemoryTotal)}",
                vitals is null ? "-" : Formats.Bytes(vitals.ProcessMemory),
                Formats.Duration(now - shard.LastSeen),
                shard.LeaseSince is { } since ? Formats.Duration(now - since) : "-",
                shard.WorkId ?? "-",
                shard.Device.Description);
        }

        return table.Lines();
    }

    /// <summary>The state of a shard in one word.</summary>
    public static string State(ShardStanding shard) => shard switch
    {
        { IsLost: true } => "lost",
        { IsDraining: true, WorkId: not null } => "draining",
        { IsDraining: true } => "drained",
        { WorkId: not null } => "working",
        _ => "free",
    };
}
