namespace Poa.Cli.Hosting;

/// <summary>Where the data folder is.</summary>
internal static class HomeFolder
{
    /// <summary>
    /// The folder asked for, else <c>POA_HOME</c>, else <c>$XDG_DATA_HOME/poa</c>, else <c>~/.local/share/poa</c>; as a full path.
    /// It need not exist.
    /// </summary>
    public static string Resolve(string? asked, Func<string, string?>? environment = null)
    {
        environment ??= Environment.GetEnvironmentVariable;
        return Path.GetFullPath(
            NonEmpty(asked)
            ?? NonEmpty(environment("POA_HOME"))
            ?? (NonEmpty(environment("XDG_DATA_HOME")) is { } data
                ? Path.Combine(data, "poa")
                : Path.Combine(NonEmpty(environment("HOME")) ?? Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".local", "share", "poa")));
    }

    private static string? NonEmpty(string? text) => string.IsNullOrWhiteSpace(text) ? null : text;
}
