using System.Diagnostics;
using System.Net;
using Npgsql;

namespace Poa.Actors.Database;

/// <summary>What <c>poa doctor --cluster</c> reads; changes nothing.</summary>
public sealed partial class PostgresDatabase
{
    /// <summary>Compares the clock of the data base with that of this machine.</summary>
    /// <param name="time">This machine's clock.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="PoaException">The data base cannot be reached, or refuses the user.</exception>
    public Task<ClockReading> ClockAsync(TimeProvider time, CancellationToken cancellationToken = default) => OnConnectionAsync(
        async connection =>
        {
            await using var command = new NpgsqlCommand("SELECT clock_timestamp();", connection);
            await command.PrepareAsync(cancellationToken); // so that the round trip is one
            var clock = Stopwatch.StartNew();
            var there = (DateTime)(await command.ExecuteScalarAsync(cancellationToken))!;
            var trip = clock.Elapsed;
            return new ClockReading(new DateTimeOffset(there, TimeSpan.Zero) - (time.GetUtcNow() - (trip / 2)), trip);
        },
        cancellationToken);

    /// <summary>The silos of the cluster that are not known to be dead, by name.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="PoaException">The data base cannot be reached, or refuses the user.</exception>
    public Task<IReadOnlyList<MemberRow>> MembersAsync(CancellationToken cancellationToken = default) => RowsAsync(
        "SELECT SiloName, Address, Port, ProxyPort, Status, StartTime, IAmAliveTime FROM OrleansMembershipTable WHERE DeploymentId = $1 AND Status <> $2 ORDER BY SiloName;",
        [address.ClusterId, (int)SiloStatus.Dead],
        row => new MemberRow(
            row.GetString(0), new IPEndPoint(IPAddress.Parse(row.GetString(1)), row.GetInt32(2)), row.GetInt32(3), (SiloStatus)row.GetInt32(4), Time(row, 5), Time(row, 6)),
        cancellationToken);

    /// <summary>The reminders of the service.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="PoaException">The data base cannot be reached, or refuses the user.</exception>
    public Task<IReadOnlyList<ReminderRow>> RemindersAsync(CancellationToken cancellationToken = default) => RowsAsync(
        "SELECT GrainId, ReminderName, StartTime, Period FROM OrleansRemindersTable WHERE ServiceId = $1;",
        [address.ServiceId],
        row => new ReminderRow(row.GetString(0), row.GetString(1), Time(row, 2), TimeSpan.FromMilliseconds(row.GetInt64(3))),
        cancellationToken);

    private Task<IReadOnlyList<T>> RowsAsync<T>(string sql, object[] values, Func<NpgsqlDataReader, T> read, CancellationToken cancellationToken) => OnConnectionAsync<IReadOnlyList<T>>(
        async connection =>
        {
            await using var command = new NpgsqlCommand(sql, connection);
            foreach (var value in values)
            {
                command.Parameters.Add(new NpgsqlParameter { Value = value });
            }

            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            var rows = new List<T>();
            while (await reader.ReadAsync(cancellationToken))
            {
                rows.Add(read(reader));
            }

            return rows;
        },
        cancellationToken);

    private static DateTimeOffset Time(NpgsqlDataReader row, int column) => new(row.GetDateTime(column), TimeSpan.Zero);
}

/// <summary>The clock of the data base, seen from this machine.</summary>
/// <param name="Ahead">How far it is ahead of this machine's; negative where it is behind.</param>
/// <param name="RoundTrip">How long the question took; the difference is known to half of it.</param>
public sealed record ClockReading(TimeSpan Ahead, TimeSpan RoundTrip);

/// <summary>A silo as the membership table has it.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Silo">Where other silos reach it.</param>
/// <param name="GatewayPort">Where clients reach it, at the same address; 0 for a silo that takes none.</param>
/// <param name="Status">Its state.</param>
/// <param name="StartedAt">When it was started, by its own clock.</param>
/// <param name="AliveAt">Its last sign of life, by its own clock.</param>
public sealed record MemberRow(string Name, IPEndPoint Silo, int GatewayPort, SiloStatus Status, DateTimeOffset StartedAt, DateTimeOffset AliveAt)
{
    /// <summary>Without a sign of life for longer than this a silo is <see cref="IsSilentAt"/>. With the shipped settings it gives one every 5 s.</summary>
    public static TimeSpan Silence { get; } = TimeSpan.FromSeconds(30);

    /// <summary>It takes clients.</summary>
    public bool IsGateway => Status == SiloStatus.Active && GatewayPort > 0;

    /// <summary>Where clients reach it, if it is one.</summary>
    public IPEndPoint Gateway => new(Silo.Address, GatewayPort);

    /// <summary>
    /// True if its last sign of life is old. Settings, or a clock that is behind, make a silo look so that lives: before anything rests on it,
    /// see whether its port answers (<see cref="TcpReach.AnswersAsync"/>).
    /// </summary>
    /// <param name="now">The time, by this machine's clock.</param>
    public bool IsSilentAt(DateTimeOffset now) => now - AliveAt > Silence;
}

/// <summary>A stored reminder.</summary>
/// <param name="Grain">The grain that is woken: its type, a slash, its key.</param>
/// <param name="Name">Name of the reminder.</param>
/// <param name="First">When it is due for the first time.</param>
/// <param name="Period">How often after that.</param>
public sealed record ReminderRow(string Grain, string Name, DateTimeOffset First, TimeSpan Period)
{
    /// <summary>When it is due next.</summary>
    /// <param name="now">The time.</param>
    public DateTimeOffset NextAfter(DateTimeOffset now) => First >= now ? First : First + (Math.Ceiling((now - First) / Period) * Period);
}
