using System.Globalization;
using System.Net;
using Poa.Actors.Database;
using Poa.Worker;

namespace Poa.Actors.Silo;

/// <summary>
/// A silo's options from environment variables, as containers are configured. Secrets (the data base, the blob store) may also come
/// from mounted files, see <see cref="SecretVariables"/>. Durations are in seconds.
/// </summary>
public static class ClusterHostSettings
{
    /// <summary>Variable for <see cref="ClusterHostOptions.Role"/>: control, worker or both.</summary>
    public const string RoleVariable = "POA_SILO_ROLE";

    /// <summary>Variable for <see cref="ClusterHostOptions.Name"/>.</summary>
    public const string NameVariable = "POA_SILO_NAME";

    /// <summary>Variable for <see cref="ClusterHostOptions.AdvertisedAddress"/>.</summary>
    public const string AddressVariable = "POA_ADVERTISED_ADDRESS";

    /// <summary>Variable for <see cref="ClusterHostOptions.SiloPort"/>; 0 for any free one.</summary>
    public const string SiloPortVariable = "POA_SILO_PORT";

    /// <summary>Variable for <see cref="ClusterHostOptions.GatewayPort"/>; 0 for any free one.</summary>
    public const string GatewayPortVariable = "POA_GATEWAY_PORT";

    /// <summary>Variable for <see cref="ClusterHostOptions.LivenessPort"/>; 0 for any free one.</summary>
    public const string LivenessPortVariable = "POA_LIVENESS_PORT";

    /// <summary>Variable for <see cref="ClusterHostOptions.HealthPort"/>.</summary>
    public const string HealthPortVariable = "POA_HEALTH_PORT";

    /// <summary>Variable for <see cref="ClusterHostOptions.BlobStore"/>.</summary>
    public const string BlobStoreVariable = "POA_BLOB_STORE";

    /// <summary>Variable for <see cref="ClusterHostOptions.Devices"/>, separated by commas.</summary>
    public const string DevicesVariable = "POA_DEVICES";

    /// <summary>Variable for <see cref="ClusterHostOptions.Threads"/>.</summary>
    public const string ThreadsVariable = "POA_THREADS";

    /// <summary>Variable for <see cref="ClusterHostOptions.DataRoots"/>, separated by colons.</summary>
    public const string DataRootsVariable = "POA_DATA_ROOTS";

    /// <summary>Variable for <see cref="ClusterHostOptions.ExchangePort"/>; 0 for any free one.</summary>
    public const string ExchangePortVariable = "POA_EXCHANGE_PORT";

    /// <summary>Variable for <see cref="ClusterHostOptions.ExchangeSecret"/>; a secret.</summary>
    public const string ExchangeSecretVariable = "POA_EXCHANGE_SECRET";

    /// <summary>Variable for <see cref="ClusterHostOptions.Transport"/>.</summary>
    public const string TransportVariable = "POA_EXCHANGE";

    /// <summary>Variable for <see cref="ClusterHostOptions.ExchangeSilence"/>.</summary>
    public const string ExchangeSilenceVariable = "POA_EXCHANGE_SILENCE";

    /// <summary>Variable for <see cref="PoaActorsOptions.LeaseTimeout"/>.</summary>
    public const string LeaseTimeoutVariable = "POA_LEASE_TIMEOUT";

    /// <summary>Variable for <see cref="PoaActorsOptions.DrainTimeout"/>.</summary>
    public const string DrainTimeoutVariable = "POA_DRAIN_TIMEOUT";

    /// <summary>Reads what the environment says; the rest is as the records have it.</summary>
    /// <param name="cluster">Which cluster.</param>
    /// <param name="home">The data folder; each worker gets a folder of its own below it.</param>
    /// <param name="environment">Reads environment variables; null for the process's own.</param>
    /// <exception cref="PoaException">A variable holds something else than it should; the message names it.</exception>
    public static ClusterHostOptions Read(ClusterAddress cluster, string home, Func<string, string?>? environment = null)
    {
        environment ??= Environment.GetEnvironmentVariable;
        var variables = new Variables(environment);
        var defaults = new ClusterHostOptions { Cluster = cluster, Home = home, BlobStore = variables.Text(BlobStoreVariable) ?? "" };
        var (lease, drain) = (variables.Seconds(LeaseTimeoutVariable), variables.Seconds(DrainTimeoutVariable));
        return defaults with
        {
            Role = variables.Text(RoleVariable) is { } role ? ParseRole(role, RoleVariable) : defaults.Role,
            Name = variables.Text(NameVariable) ?? defaults.Name,
            AdvertisedAddress = variables.Text(AddressVariable),
            SiloPort = variables.Port(SiloPortVariable, defaults.SiloPort),
            GatewayPort = variables.Port(GatewayPortVariable, defaults.GatewayPort),
            LivenessPort = variables.Port(LivenessPortVariable, defaults.LivenessPort),
            HealthPort = ReadHealthPort(variables),
            Devices = Split(variables.Text(DevicesVariable), ','),
            Threads = variables.Number(ThreadsVariable, 0, 4096) ?? defaults.Threads,
            DataRoots = Split(variables.Text(DataRootsVariable), ':'),
            ExchangePort = variables.Port(ExchangePortVariable, defaults.ExchangePort),
            ExchangeSecret = SecretVariables.Read(ExchangeSecretVariable, environment) ?? defaults.ExchangeSecret,
            ExchangeSilence = variables.Seconds(ExchangeSilenceVariable),
            Transport = variables.Text(TransportVariable) is { } transport ? ParseTransport(transport) : defaults.Transport,
            Timings = Timings(variables),
            Actors = actors =>
            {
                actors.LeaseTimeout = lease ?? actors.LeaseTimeout;
                actors.DrainTimeout = drain ?? actors.DrainTimeout;
            },
        };
    }

    /// <summary>The health port that the environment says; null if it says none.</summary>
    /// <exception cref="PoaException">It is no port.</exception>
    public static int? ReadHealthPort() => ReadHealthPort(new Variables(Environment.GetEnvironmentVariable));

    /// <summary>A role by its name.</summary>
    /// <param name="text">control, worker or both.</param>
    /// <param name="source">The variable or option that said it, for the message.</param>
    /// <exception cref="PoaException">It is none of them.</exception>
    public static SiloRole ParseRole(string text, string source) =>
        Enum.GetValues<SiloRole>().Where(role => string.Equals(role.ToString(), text, StringComparison.OrdinalIgnoreCase)).Select(role => (SiloRole?)role).FirstOrDefault()
        ?? throw new PoaException(ErrorCodes.InvalidArgument, $"'{text}' in {source} is no role of a silo.", "Choose control, worker or both.");

    private static GangTransport ParseTransport(string text) =>
        Enum.TryParse<GangTransport>(text, ignoreCase: true, out var transport) && Enum.IsDefined(transport) && !char.IsAsciiDigit(text[0])
            ? transport
            : throw new PoaException(ErrorCodes.InvalidArgument, $"'{text}' in {TransportVariable} is no way to exchange gradients.", "Choose tcp or nccl, the same on all workers.");

    /// <summary>The parts of a list; none if there is no text.</summary>
    /// <param name="text">The list.</param>
    /// <param name="separator">What stands between its parts.</param>
    public static IReadOnlyList<string> Split(string? text, char separator) =>
        text?.Split(separator, StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) ?? [];

    private static int? ReadHealthPort(Variables variables) => variables.Number(HealthPortVariable, 0, IPEndPoint.MaxPort);

    private static ClusterTimings Timings(Variables variables)
    {
        var defaults = new ClusterTimings();
        return new ClusterTimings
        {
            ProbeTimeout = variables.Seconds("POA_PROBE_TIMEOUT") ?? defaults.ProbeTimeout,
            MissedProbes = variables.Number("POA_MISSED_PROBES", 1, 100) ?? defaults.MissedProbes,
            Votes = variables.Number("POA_DEATH_VOTES", 1, 100) ?? defaults.Votes,
            TableRefresh = variables.Seconds("POA_TABLE_REFRESH") ?? defaults.TableRefresh,
            AliveSignal = variables.Seconds("POA_ALIVE_SIGNAL") ?? defaults.AliveSignal,
            CallTimeout = variables.Seconds("POA_CALL_TIMEOUT") ?? defaults.CallTimeout,
        };
    }

    private sealed class Variables(Func<string, string?> environment)
    {
        public string? Text(string name) => environment.TextOf(name);

        public int? Number(string name, int least, int most) => Text(name) switch
        {
            null => null,
            var text when int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most => number,
            var text => throw new PoaException(ErrorCodes.InvalidArgument, $"'{text}' in {name} is no whole number in [{least}, {most}].", $"Correct {name}, or unset it."),
        };

        /// <summary>A port; null, as 0 means, for any free one.</summary>
        public int? Port(string name, int? byDefault) => Number(name, 0, IPEndPoint.MaxPort) switch { null => byDefault, 0 => null, var port => port };

        public TimeSpan? Seconds(string name) => Text(name) switch
        {
            null => null,
            var text when double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var seconds) && seconds is > 0 and < 1e6 => TimeSpan.FromSeconds(seconds),
            var text => throw new PoaException(ErrorCodes.InvalidArgument, $"'{text}' in {name} is no number of seconds.", $"Correct {name}, or unset it."),
        };
    }
}
