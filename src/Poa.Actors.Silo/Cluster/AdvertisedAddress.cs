using System.Net;
using System.Net.Sockets;

namespace Poa.Actors.Silo;

/// <summary>The address that a silo tells the others.</summary>
internal static class AdvertisedAddress
{
    /// <summary>The address that was asked for, or the machine's own.</summary>
    /// <param name="asked">An IP address, a name, or null.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="PoaException">The name is unknown, or the machine has no address but loopback ones.</exception>
    public static async Task<IPAddress> ResolveAsync(string? asked, CancellationToken cancellationToken)
    {
        if (IPAddress.TryParse(asked, out var given))
        {
            return given.Equals(IPAddress.Any) || given.Equals(IPAddress.IPv6Any)
                ? throw Wrong($"{given} is no address that other machines could reach.")
                : given;
        }

        var name = asked ?? Dns.GetHostName();
        IPAddress[] known;
        try
        {
            known = await Dns.GetHostAddressesAsync(name, AddressFamily.InterNetwork, cancellationToken);
        }
        catch (SocketException e)
        {
            throw Wrong($"The address of {name} cannot be found: {e.Message}.");
        }

        var usable = known.FirstOrDefault(address => !IPAddress.IsLoopback(address)) ?? (asked is null ? null : known.FirstOrDefault());
        return usable ?? throw Wrong($"This machine ({name}) has no address that other machines could reach.");
    }

    private static PoaException Wrong(string message) =>
        new(ErrorCodes.InvalidArgument, message, $"Say under which address other silos reach this one: --advertise ADDRESS, or {ClusterHostSettings.AddressVariable}.");
}
