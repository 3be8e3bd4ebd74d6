using Poa.Actors.Database;
using Poa.Actors.Silo;
using Poa.Cli.Rendering;

namespace Poa.Cli.Doctor.Cluster;

/// <summary>Who is a member of the cluster, and whether clients on this machine reach those that take them.</summary>
internal static class MembershipChecks
{
    private static readonly TimeSpan Ahead = TimeSpan.FromSeconds(2);

    public static Check Members(IReadOnlyList<MemberRow> members, DateTimeOffset now)
    {
        var active = members.Where(member => member.Status == SiloStatus.Active).ToList();
        if (active.Count == 0)
        {
            return new Check("membership", CheckStatus.Failed, "no silo is active", "Start one with: poa silo --role control");
        }

        var found = string.Join(", ", members.Select(member => $"{member.Name} ({member.Status.ToString().ToLowerInvariant()})"));
        if (active.FirstOrDefault(member => member.IsSilentAt(now)) is { } silent)
        {
            return new Check("membership", CheckStatus.Warning, string.Create(Formats.Plain, $"{found}; {silent.Name} gave no sign of life for {Formats.Duration(now - silent.AliveAt)}"),
                $"If {silent.Name} was killed while no other silo ran, start a silo: it takes the row for stale. Otherwise look at its log and its machine's clock.");
        }

        return active.FirstOrDefault(member => member.AliveAt - now > Ahead) is { } early
            ? new Check("membership", CheckStatus.Warning, string.Create(Formats.Plain, $"{found}; the clock of {early.Name} is {(early.AliveAt - now).TotalSeconds:F0} s ahead of this machine's"),
                "Have one time service (NTP, chrony) set the clocks of all machines.")
            : new Check("membership", CheckStatus.Ok, found);
    }

    public static async Task<IReadOnlyList<Check>> GatewaysAsync(IReadOnlyList<MemberRow> members, CancellationToken cancellationToken) =>
        await Task.WhenAll(members.Where(member => member.IsGateway).Select(member => GatewayAsync(member, cancellationToken))).ConfigureAwait(false);

    private static async Task<Check> GatewayAsync(MemberRow member, CancellationToken cancellationToken)
    {
        var (connection, fault) = await TcpReach.ConnectAsync(member.Gateway, cancellationToken).ConfigureAwait(false);
        connection?.Dispose();
        return fault is null
            ? new Check("gateway", CheckStatus.Ok, $"{member.Name} at {member.Gateway} takes connections")
            : new Check("gateway", CheckStatus.Failed, $"{member.Name} at {member.Gateway} takes no connection: {fault}",
                $"If the silo runs, let this machine reach that port, or have the silo advertise another address ({ClusterHostSettings.AddressVariable}).");
    }
}
