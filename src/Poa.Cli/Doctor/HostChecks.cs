using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Poa.Actors.Abstractions;

namespace Poa.Cli.Doctor;

/// <summary>Ports of this machine, whether a host serves the data folder, and where blobs go.</summary>
internal static class HostChecks
{
    public static IEnumerable<Check> Run(string home)
    {
        yield return Ports();
        yield return Host(home);
        yield return new Check("blobs", CheckStatus.Ok, $"local folder {Path.Combine(home, "blobs")} (no Azurite or Azure account is needed)");
    }

    private static Check Ports()
    {
        try
        {
            using var listener = new TcpListener(IPAddress.Loopback, 0);
            listener.Start();
            using var client = new TcpClient();
            client.Connect((IPEndPoint)listener.LocalEndpoint);
            return new Check("ports", CheckStatus.Ok, "connections within 127.0.0.1 work");
        }
        catch (SocketException e)
        {
            return new Check("ports", CheckStatus.Failed, $"no connection within 127.0.0.1: {e.Message}",
                "Host and commands talk over the loopback device: allow it in the firewall or sandbox.");
        }
    }

    private static Check Host(string home)
    {
        HostFile? host;
        try
        {
            host = HostFile.TryRead(home);
        }
        catch (PoaException e)
        {
            return new Check("host", CheckStatus.Failed, e.Error.Message, e.Error.Remedy);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return new Check("host", CheckStatus.Failed, $"host.json cannot be read: {e.Message}", "Mend the permissions of the data folder.");
        }

        if (host is null)
        {
            return new Check("host", CheckStatus.Ok, "none runs for this folder; commands start one for as long as they need it, `poa up` one that stays");
        }

        return Lives(host.ProcessId)
            ? new Check("host", CheckStatus.Ok, $"runs as process {host.ProcessId}, 127.0.0.1:{host.GatewayPort}")
            : new Check("host", CheckStatus.Warning, $"host.json names process {host.ProcessId}, which does not run (it was killed)",
                "Nothing is lost: `poa up` takes its place and goes on with its runs.");
    }

    private static bool Lives(int processId)
    {
        try
        {
            using var process = Process.GetProcessById(processId);
            return !process.HasExited;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }
}
