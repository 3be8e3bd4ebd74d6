namespace Poa.Actors.Dashboard.Security;

/// <summary>The folder <c>dashboard</c> in the data folder: what the dashboard keeps, for the eyes of its owner only.</summary>
internal static class DashboardFolder
{
    private const UnixFileMode OwnersOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    /// <summary>Its path.</summary>
    /// <param name="home">The data folder.</param>
    public static string In(string home) => Path.Combine(home, "dashboard");

    /// <summary>Makes it, or a folder within it, and takes the rights of others away.</summary>
    /// <param name="home">The data folder.</param>
    /// <param name="below">Name of a folder within it; empty for itself.</param>
    /// <exception cref="PoaException">It cannot be made.</exception>
    public static DirectoryInfo Make(string home, string below = "")
    {
        var path = Path.Combine(In(home), below);
        try
        {
            if (OperatingSystem.IsWindows())
            {
                return Directory.CreateDirectory(path);
            }

            // Each by itself: folders on the way are made with the rights that the process gives to everything.
            Directory.CreateDirectory(In(home), OwnersOnly).UnixFileMode = OwnersOnly;
            var made = Directory.CreateDirectory(path, OwnersOnly);
            made.UnixFileMode = OwnersOnly;
            return made;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new PoaException(new WorkError(ErrorCodes.HomeNotWritable, $"{path} cannot be made: {e.Message}", "Choose another data folder with --home, or mend its permissions."), e);
        }
    }
}
