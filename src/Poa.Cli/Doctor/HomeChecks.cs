using Poa.Cli.Rendering;

namespace Poa.Cli.Doctor;

/// <summary>The data folder: can it be made and written to, is there room.</summary>
internal static class HomeChecks
{
    private const long Needed = 200_000_000;
    private const long Comfortable = 2_000_000_000;

    public static IEnumerable<Check> Run(string home)
    {
        var writable = Writable(home);
        yield return writable;
        if (writable.Status == CheckStatus.Ok)
        {
            yield return Room(home);
        }
    }

    private static Check Writable(string home)
    {
        try
        {
            Directory.CreateDirectory(home);
            var probe = Path.Combine(home, $".probe-{Guid.NewGuid():N}");
            using (var file = new FileStream(probe, FileMode.CreateNew, FileAccess.Write, FileShare.None, 4096, FileOptions.DeleteOnClose))
            {
                file.Write(new byte[4096]);
                file.Flush(flushToDisk: true);
            }

            return new Check("home", CheckStatus.Ok, $"{home} can be written to");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return new Check("home", CheckStatus.Failed, $"{home} cannot be written to: {e.Message}",
                "Choose another folder with --home DIR or POA_HOME, make room, or mend the folder's permissions.");
        }
    }

    private static Check Room(string home)
    {
        var free = new DriveInfo(home).AvailableFreeSpace;
        var found = $"{Formats.Bytes(free)} free";
        return free switch
        {
            < Needed => new Check("disk", CheckStatus.Failed, found, $"Checkpoints need room: free at least {Formats.Bytes(Needed)} or choose another --home."),
            < Comfortable => new Check("disk", CheckStatus.Warning, found, "Enough for the demo; larger runs keep several checkpoints: make room."),
            _ => new Check("disk", CheckStatus.Ok, found),
        };
    }
}
