using System.Net;
using Poa.Actors.Dashboard.Security;

namespace Poa.Actors.Dashboard.Hosting;

/// <summary>What a dashboard must be like to be safe where it listens.</summary>
internal static class HostingRules
{
    /// <summary>Checks options before anything is opened.</summary>
    /// <exception cref="PoaException">They would let strangers in (<see cref="SecurityErrors.UnsafeHosting"/>), or contradict themselves.</exception>
    public static void Check(DashboardOptions options)
    {
        if (options.Authentication == AuthenticationMode.None && !IPAddress.IsLoopback(options.Address))
        {
            throw new PoaException(
                SecurityErrors.UnsafeHosting,
                $"The dashboard would let everybody who reaches {options.Address} do everything: no authentication is configured.",
                "Add an account (poa accounts add NAME --role admin) and use --auth accounts, or --auth oidc; or listen on 127.0.0.1 only.");
        }

        if (options.Authentication == AuthenticationMode.None && (options.KnownProxies.Count > 0 || options.HostNames.Count > 0))
        {
            throw new PoaException(
                SecurityErrors.UnsafeHosting,
                "The dashboard would let everybody who reaches its proxy do everything: no authentication is configured.",
                "Use --auth accounts or --auth oidc, or leave host names and proxies out.");
        }

        if (options.Authentication == AuthenticationMode.Oidc && options.Oidc is null)
        {
            throw new PoaException(ErrorCodes.InvalidArgument, "The OpenID provider is not given.", "Give --oidc-authority and --oidc-client-id, or use --auth accounts.");
        }

        if (options.CertificateFile is null && options.CertificateKeyFile is not null)
        {
            throw new PoaException(ErrorCodes.InvalidArgument, "A private key is given without its certificate.", "Give --certificate FILE too.");
        }
    }
}
