using Npgsql;

namespace Poa.Actors.Database;

/// <summary>
/// Where a cluster is: the PostgreSQL data base that its silos keep membership, grain state and reminders in, and the cluster's name
/// in there. Silos, commands and dashboards find each other by it.
/// </summary>
public sealed record ClusterAddress
{
    /// <summary>Environment variable with the connection string, which may hold a password; see <see cref="SecretVariables"/>.</summary>
    public const string DatabaseVariable = "POA_CLUSTER_DATABASE";

    /// <summary>Environment variable with <see cref="ClusterId"/>.</summary>
    public const string ClusterIdVariable = "POA_CLUSTER_ID";

    /// <summary>Environment variable with <see cref="ServiceId"/>.</summary>
    public const string ServiceIdVariable = "POA_CLUSTER_SERVICE";

    // PostgreSQL allows 100 connections by default; a silo needs a handful.
    private const int MaxPoolSize = 16;

    private ClusterAddress(NpgsqlConnectionStringBuilder builder)
    {
        ConnectionString = builder.ConnectionString;
        Server = string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{builder.Host}:{builder.Port}");
        Database = builder.Database ?? builder.Username ?? "";
        HasPassword = !string.IsNullOrEmpty(builder.Password);
    }

    /// <summary>Connection string for Npgsql. Holds a secret: it is written nowhere.</summary>
    public string ConnectionString { get; }

    /// <summary>Host and port of the data base, for messages.</summary>
    public string Server { get; }

    /// <summary>Name of the data base, for messages.</summary>
    public string Database { get; }

    /// <summary>The connection string holds a password.</summary>
    public bool HasPassword { get; }

    /// <summary>Silos with the same id form one cluster. Another id in the same data base is another cluster.</summary>
    public string ClusterId { get; init; } = "poa";

    /// <summary>Grain state and reminders belong to a service; it outlives clusters.</summary>
    public string ServiceId { get; init; } = "poa";

    /// <summary>TLS between silos and clients; null for none.</summary>
    public ClusterTls? Tls { get; init; }

    /// <summary>Reads a connection string.</summary>
    /// <param name="connectionString">Such as <c>Host=db;Database=poa;Username=poa</c>; never repeated in a message.</param>
    /// <exception cref="PoaException">It cannot be understood, or names no host.</exception>
    public static ClusterAddress Parse(string connectionString)
    {
        NpgsqlConnectionStringBuilder builder;
        try
        {
            builder = new NpgsqlConnectionStringBuilder(connectionString);
        }
        catch (Exception e) when (e is ArgumentException or FormatException)
        {
            // Without the cause: it may quote from the string.
            throw Wrong("The connection string of the data base cannot be understood.");
        }

        if (string.IsNullOrWhiteSpace(builder.Host))
        {
            throw Wrong("The connection string of the data base names no host.");
        }

        if (!builder.ContainsKey("Maximum Pool Size"))
        {
            builder.MaxPoolSize = MaxPoolSize;
        }

        builder.ApplicationName ??= "poa";
        return new ClusterAddress(builder);
    }

    /// <summary>The cluster that the environment names; null if it names none.</summary>
    /// <param name="environment">Reads environment variables; null for the process's own.</param>
    /// <exception cref="PoaException">A variable, or the file that it names, cannot be used.</exception>
    public static ClusterAddress? FromEnvironment(Func<string, string?>? environment = null)
    {
        environment ??= Environment.GetEnvironmentVariable;
        if (SecretVariables.Read(DatabaseVariable, environment) is not { } connectionString)
        {
            return null;
        }

        var address = Parse(connectionString);
        return address with
        {
            ClusterId = environment(ClusterIdVariable) is { Length: > 0 } cluster ? cluster : address.ClusterId,
            ServiceId = environment(ServiceIdVariable) is { Length: > 0 } service ? service : address.ServiceId,
            Tls = ClusterTls.FromEnvironment(environment),
        };
    }

    /// <summary>As messages name it; without the secret.</summary>
    public override string ToString() => $"cluster {ClusterId} (data base {Database} at {Server})";

    private static PoaException Wrong(string message) =>
        new(ErrorCodes.InvalidArgument, message, "Write it as Npgsql does, such as: Host=db.example.org;Database=poa;Username=poa;Password=...");
}
