using System.Net.Sockets;
using Npgsql;

namespace Poa.Actors.Database;

/// <summary>What a fault of PostgreSQL means for the user.</summary>
public static class DatabaseFaults
{
    /// <summary>The fault beneath an exception, as an error with what to do; null if there is none, or nothing is known about it.</summary>
    /// <param name="exception">What was caught.</param>
    /// <param name="address">Where the data base is.</param>
    public static PoaException? Translate(Exception exception, ClusterAddress address)
    {
        for (var e = exception; e is not null; e = e.InnerException)
        {
            if (Describe(e, address) is { } error)
            {
                return new PoaException(error, exception);
            }
        }

        return null;
    }

    /// <summary>The server cannot be reached.</summary>
    internal static WorkError Unreachable(ClusterAddress address, Exception why) => new(
        ErrorCodes.DatabaseUnreachable,
        $"PostgreSQL cannot be reached at {address.Server}: {why.Message.TrimEnd('.')}.",
        $"See whether it runs, and whether {ClusterAddress.DatabaseVariable} names the right host and port.",
        Retryable: true);

    private static WorkError? Describe(Exception e, ClusterAddress address) => e switch
    {
        PostgresException { SqlState: PostgresErrorCodes.InvalidPassword or PostgresErrorCodes.InvalidAuthorizationSpecification } refused => new WorkError(
            ErrorCodes.DatabaseRefused, $"PostgreSQL at {address.Server} refuses the user: {refused.MessageText}.", $"Correct user and password in {ClusterAddress.DatabaseVariable}."),
        PostgresException { SqlState: PostgresErrorCodes.InvalidCatalogName } => new WorkError(
            ErrorCodes.DatabaseRefused, $"There is no data base {address.Database} at {address.Server}.", $"Make it (createdb {address.Database}), or name another one in {ClusterAddress.DatabaseVariable}."),
        PostgresException { SqlState: PostgresErrorCodes.InsufficientPrivilege } refused => new WorkError(
            ErrorCodes.DatabaseRefused,
            $"The user lacks a right in the data base {address.Database} at {address.Server}: {refused.MessageText}.",
            "Let the owner of the data base run `poa db init`, or grant the user CREATE on the schema and all rights on its tables."),
        PostgresException { SqlState: PostgresErrorCodes.CannotConnectNow or PostgresErrorCodes.AdminShutdown or PostgresErrorCodes.TooManyConnections } busy => new WorkError(
            ErrorCodes.DatabaseUnreachable, $"PostgreSQL at {address.Server} does not serve: {busy.MessageText}.", "Try again when it does.", Retryable: true),
        // Of the server, yet about a statement: nothing that a user could mend.
        PostgresException => null,
        NpgsqlException { InnerException: SocketException or TimeoutException or IOException or null } unreachable =>
            Unreachable(address, unreachable.InnerException ?? unreachable),
        _ => null,
    };
}
