using System.Net.Sockets;
using Poa.Actors.Database;
using Poa.Cli.Rendering;

namespace Poa.Cli.Doctor.Cluster;

/// <summary>Who is a member of the cluster, and whether clients on this machine reach those that take them.</summary>
internal static class MembershipChecks
{
    // With the shipped settings a silo says every 5 s that it lives.
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Ahead = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan ConnectLimit = TimeSpan.FromSeconds(3);

    public static Check Members(IReadOnlyList<MemberRow> members, DateTimeOffset now)
    {
        var active = members.Where(member => member.Status == SiloStatus.Active).ToList();
        if (active.Count == 0)
        {
            return new Check("membership", CheckStatus.Failed, "no silo is active", "Start one with: poa silo --role control");
        }

        var found = string.Join(", ", members.Select(member => $"{member.Name} ({member.Status.ToString().ToLowerInvariant()})"));
        if (active.FirstOrDefault(member => now - member.AliveAt > Silence) is { } silent)
        {
            return new Check("membership", CheckStatus.Warning, string.Create(Formats.Plain, $"{found}; {silent.Name} gave no sign of life for {Formats.Duration(now - silent.AliveAt)}"),
                $"If {silent.Name} was killed while no other silo ran, start a silo: it takes the row for stale. Otherwise look at its log and its machine's clock.");
        }

        return active.FirstOrDefault(member => member.AliveAt - now > Ahead) is { } early
            ? new Check("membership", CheckStatus.Warning, string.Create(Formats.Plain, $"{found}; the clock of {early.Name} is {(early.AliveAt - now).TotalSeconds:F0} s ahead of this machine's"),
                "Have one time service (NTP, chrony) set the clocks of all machines.")
            : new Check("membership", CheckStatus.Ok, found);
    }

    public static async Task<IReadOnlyList<Check>> GatewaysAsync(IReadOnlyList<MemberRow> members, CancellationToken cancellationToken)
    {
        var gateways = members.Where(member => member is { Status: SiloStatus.Active, GatewayPort: > 0 });
        return await Task.WhenAll(gateways.Select(member => GatewayAsync(member, cancellationToken))).ConfigureAwait(false);
    }

    private static async Task<Check> GatewayAsync(MemberRow member, CancellationToken cancellationToken)
    {
        var where = string.Create(Formats.Plain, $"{member.Name} at {member.Silo.Address}:{member.GatewayPort}");
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(ConnectLimit);
        try
        {
            using var client = new TcpClient(member.Silo.AddressFamily);
            await client.ConnectAsync(member.Silo.Address, member.GatewayPort, limit.Token).ConfigureAwait(false);
            return new Check("gateway", CheckStatus.Ok, $"{where} takes connections");
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException && !cancellationToken.IsCancellationRequested)
        {
            return new Check("gateway", CheckStatus.Failed, $"{where} takes no connection: {(e is SocketException ? e.Message : "no answer")}",
                "If the silo runs, let this machine reach that port, or have the silo advertise another address (POA_ADVERTISED_ADDRESS).");
        }
    }
}
