using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using Poa.Actors.Database;

namespace Poa.Actors.Client;

/// <summary>
/// Why no silo answers: whether it is TLS. Asked when a client does not connect, since Orleans only tells that it could not.
/// </summary>
internal static class TlsDiagnosis
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(3);

    /// <summary>What is wrong between this client and those gateways of a cluster that take connections; null if one of them is well, or none is there.</summary>
    public static async Task<WorkError?> FindAsync(ClusterAddress cluster, CancellationToken cancellationToken)
    {
        (MemberRow Member, string Fault)? first = null;
        foreach (var member in (await new PostgresDatabase(cluster).MembersAsync(cancellationToken)).Where(member => member.IsGateway))
        {
            using var connection = (await TcpReach.ConnectAsync(member.Gateway, cancellationToken)).Connection;
            if (connection is null)
            {
                continue;
            }

            if (await ProbeAsync(cluster, member, connection, cancellationToken) is not { } fault)
            {
                return null;
            }

            first ??= (member, fault);
        }

        return first is not { } found ? null : new WorkError(
            ErrorCodes.TlsFailed,
            $"Silo {found.Member.Name} of the {cluster} and this client do not come together: {found.Fault}.",
            $"Give silos and clients certificates of one authority: {ClusterTls.CertificateVariable}, {ClusterTls.KeyVariable}, {ClusterTls.AuthorityVariable}; or none of them TLS.");
    }

    private static async Task<string?> ProbeAsync(ClusterAddress cluster, MemberRow member, TcpClient client, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Limit);
        var (seen, accepted) = (false, true);
        await using var tls = new SslStream(client.GetStream(), leaveInnerStreamOpen: true, (_, certificate, _, _) =>
        {
            seen = true;
            return accepted = cluster.Tls is null || (certificate is not null && cluster.Tls.FaultOf(new(certificate)) is null);
        });
        try
        {
            await tls.AuthenticateAsClientAsync(
                new SslClientAuthenticationOptions { ClientCertificates = cluster.Tls is null ? null : [cluster.Tls.Certificate], TargetHost = member.Name }, limit.Token);

            // The silo looks at our certificate only after our part of the handshake (TLS 1.3): it hangs up, or waits for us to speak.
            await tls.ReadExactlyAsync(new byte[1], limit.Token);
            return null;
        }
        catch (OperationCanceledException)
        {
            return cluster.Tls is null && seen ? SiloSpeaksTls : null;
        }
        catch (Exception e) when (e is AuthenticationException or IOException)
        {
            return (cluster.Tls, seen) switch
            {
                (null, true) => SiloSpeaksTls,
                (null, false) => null,
                (_, false) => "the silo does not speak TLS, and this client is set up to",
                _ when !accepted => $"this client does not take the silo's certificate, which none of its authorities has signed or which has expired",
                _ => "the silo does not take this client's certificate",
            };
        }
    }

    private const string SiloSpeaksTls = "the silo speaks TLS, and this client is not set up for it";
}
