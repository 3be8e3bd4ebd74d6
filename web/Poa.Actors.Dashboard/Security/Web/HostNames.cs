using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using Poa.Actors.Dashboard.Hosting;

namespace Poa.Actors.Dashboard.Security.Web;

/// <summary>
/// The values of the Host header that are answered: against DNS rebinding, where another site's name is made to lead to this machine.
/// </summary>
internal static class HostNames
{
    /// <summary>Names and addresses, without ports.</summary>
    public static IReadOnlyList<string> Allowed(DashboardOptions options)
    {
        var names = new HashSet<string>(options.HostNames, StringComparer.OrdinalIgnoreCase) { "localhost", "127.0.0.1", "[::1]" };
        if (options.Address.Equals(IPAddress.Any) || options.Address.Equals(IPAddress.IPv6Any))
        {
            names.UnionWith(NetworkInterface.GetAllNetworkInterfaces()
                .SelectMany(card => card.GetIPProperties().UnicastAddresses)
                .Select(address => Literal(address.Address)));
        }
        else
        {
            names.Add(Literal(options.Address));
        }

        if (!IPAddress.IsLoopback(options.Address))
        {
            names.Add(Dns.GetHostName());
        }

        return [.. names];
    }

    private static string Literal(IPAddress address) => address.AddressFamily == AddressFamily.InterNetworkV6
        ? $"[{new IPAddress(address.GetAddressBytes())}]" // without the scope of a link-local address
        : address.ToString();
}
