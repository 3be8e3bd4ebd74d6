using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace Poa.Training.Exchange.Tcp;

/// <summary>Certificates by which members of a formation know each other, and encrypt what they exchange; both sides show one.</summary>
/// <param name="certificate">This process's, with its key.</param>
/// <param name="accepts">Whether another process's is to be taken.</param>
public sealed class ExchangeTls(X509Certificate2 certificate, Func<X509Certificate2, bool> accepts)
{
    internal SslServerAuthenticationOptions ForServer() => new()
    {
        ServerCertificate = certificate,
        ClientCertificateRequired = true,
        // It is looked at after the handshake, so that the other side can be told: a broken handshake reaches it as a broken connection.
        RemoteCertificateValidationCallback = (_, other, _, _) => other is not null,
    };

    internal SslClientAuthenticationOptions ForClient() => new()
    {
        ClientCertificates = [certificate],
        TargetHost = "poa", // members are known by their authority, not by a name
        RemoteCertificateValidationCallback = (_, other, _, _) => Accepts(other),
    };

    internal bool Accepts(X509Certificate? other) => other is not null && accepts(new X509Certificate2(other));
}
