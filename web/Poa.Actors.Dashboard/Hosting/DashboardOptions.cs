using System.Net;
using Poa.Actors.Dashboard.Security;

namespace Poa.Actors.Dashboard.Hosting;

/// <summary>How the dashboard is served.</summary>
public sealed record DashboardOptions
{
    /// <summary>The port that is tried first when none is asked for.</summary>
    public const int DefaultPort = 5280;

    /// <summary>The largest body of a request, in bytes.</summary>
    public const long MaxRequestBody = 1 << 20;

    /// <summary>Address to listen on; the loopback address unless users can sign in.</summary>
    public IPAddress Address { get; init; } = IPAddress.Loopback;

    /// <summary>Port to listen on; 0 for any free one.</summary>
    public int Port { get; init; } = DefaultPort;

    /// <summary>True to take the next free port if <see cref="Port"/> is taken; false to fail.</summary>
    public bool IsPortNegotiable { get; init; }

    /// <summary>Data folder: accounts and the keys that protect cookies lie in <c>dashboard/</c> below it.</summary>
    public required string Home { get; init; }

    /// <summary>How people sign in. <see cref="AuthenticationMode.None"/> is for loopback addresses only.</summary>
    public AuthenticationMode Authentication { get; init; }

    /// <summary>The OpenID provider; for <see cref="AuthenticationMode.Oidc"/> only.</summary>
    public OidcOptions? Oidc { get; init; }

    /// <summary>Names that requests may call this host by, beside its addresses and the name of the machine: those of a reverse proxy.</summary>
    public IReadOnlyList<string> HostNames { get; init; } = [];

    /// <summary>Addresses of reverse proxies whose <c>X-Forwarded-For</c>, <c>-Proto</c> and <c>-Host</c> are believed; nobody else's are.</summary>
    public IReadOnlyList<IPAddress> KnownProxies { get; init; } = [];

    /// <summary>Certificate to serve https with: a PEM file, or a PFX file without a password; null for http.</summary>
    public string? CertificateFile { get; init; }

    /// <summary>PEM file of the certificate's private key; null if it is in <see cref="CertificateFile"/>.</summary>
    public string? CertificateKeyFile { get; init; }

    /// <summary>Compute threads of new runs whose configuration does not say; 0 leaves it to the worker.</summary>
    public int RunThreads { get; init; }

    /// <summary>Checks what can be checked before anything is started; <see cref="DashboardHost.StartAsync"/> does so too.</summary>
    /// <exception cref="PoaException">They would let strangers in (<see cref="SecurityErrors.UnsafeHosting"/>), or contradict themselves.</exception>
    public void Check() => HostingRules.Check(this);
}
