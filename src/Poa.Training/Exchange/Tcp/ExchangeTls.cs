using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace Poa.Training.Exchange.Tcp;

/// <summary>Certificates by which members of a formation know each other, and encrypt what they exchange; both sides show one.</summary>
/// <param name="certificate">This process's, with its key.</param>
/// <param name="faultOf">Why another process's is not to be taken; null if it is. Called by several threads.</param>
public sealed class ExchangeTls(X509Certificate2 certificate, Func<X509Certificate2, string?> faultOf)
{
    internal SslServerAuthenticationOptions ForServer() => new()
    {
        ServerCertificate = certificate,
        ClientCertificateRequired = true,
        RemoteCertificateValidationCallback = (_, other, _, _) => other is not null,
    };

    internal SslClientAuthenticationOptions ForClient() => new()
    {
        ClientCertificates = [certificate],
        TargetHost = "poa", // members are known by their authority, not by a name
        RemoteCertificateValidationCallback = (_, other, _, _) => other is not null,
    };

    /// <summary>
    /// Why the other side's certificate is not to be taken; null if it is. It is looked at after the handshake, so that there are words for it on both
    /// sides: a broken handshake reaches the other one as a broken connection.
    /// </summary>
    internal string? FaultOf(X509Certificate? other)
    {
        if (other is null)
        {
            return "it shows none";
        }

        using var copy = new X509Certificate2(other);
        return faultOf(copy);
    }
}
