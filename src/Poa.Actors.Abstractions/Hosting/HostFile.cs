using System.Text.Json;

namespace Poa.Actors.Abstractions;

/// <summary>
/// <c>host.json</c> in the data folder: how to reach the host that serves it. Written after the host has started, removed when it
/// stops; one that a killed host left behind is overwritten by the next.
/// </summary>
/// <param name="ProcessId">Id of the host process.</param>
/// <param name="GatewayPort">Port on 127.0.0.1 that clients connect to.</param>
/// <param name="SiloPort">Port on 127.0.0.1 that silos use among themselves.</param>
/// <param name="ClusterId">Orleans cluster id.</param>
/// <param name="ServiceId">Orleans service id.</param>
/// <param name="StartedAt">When the host was started.</param>
/// <param name="Dashboard">Address of the dashboard that runs in the host, such as <c>http://127.0.0.1:5280</c>; null if none does.</param>
public sealed record HostFile(
    int ProcessId, int GatewayPort, int SiloPort, string ClusterId, string ServiceId, DateTimeOffset StartedAt, string? Dashboard = null)
{
    /// <summary>Name of the file.</summary>
    public const string FileName = "host.json";

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    /// <summary>Path of the file in a data folder.</summary>
    /// <param name="home">The data folder.</param>
    public static string PathIn(string home) => Path.Combine(home, FileName);

    /// <summary>Reads the file of a data folder; null if there is none.</summary>
    /// <param name="home">The data folder.</param>
    /// <exception cref="PoaException">The file is there, but is not one of ours (<see cref="ErrorCodes.DamagedFile"/>).</exception>
    public static HostFile? TryRead(string home)
    {
        var path = PathIn(home);
        try
        {
            return JsonSerializer.Deserialize<HostFile>(File.ReadAllText(path), Json);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
        catch (JsonException e)
        {
            throw new PoaException(
                new WorkError(ErrorCodes.DamagedFile, $"{path} cannot be read: {e.Message}", "Delete it and start the host again with: poa up"), e);
        }
    }

    /// <summary>Writes the file so that a reader sees either nothing or the whole of it.</summary>
    /// <param name="home">The data folder.</param>
    public void Write(string home)
    {
        var path = PathIn(home);
        var temporary = path + ".new";
        File.WriteAllText(temporary, JsonSerializer.Serialize(this, Json));
        File.Move(temporary, path, overwrite: true);
    }
}
