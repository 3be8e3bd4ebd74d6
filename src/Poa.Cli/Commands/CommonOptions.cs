using System.CommandLine;
using Poa.Actors.Abstractions;
using Poa.Actors.Database;

namespace Poa.Cli.Commands;

/// <summary>Options that several commands have, worded once.</summary>
internal static class CommonOptions
{
    private const string UsualFolder = "POA_HOME, else $XDG_DATA_HOME/poa, else ~/.local/share/poa.";

    /// <summary><c>--home DIR</c> of a command that talks to a host or a cluster.</summary>
    public static Option<string?> Home() => new("--home")
    {
        Description = $"Data folder. Otherwise the cluster that {ClusterAddress.DatabaseVariable} names, else {UsualFolder}",
        HelpName = "DIR",
    };

    /// <summary><c>--home DIR</c> of a command for this machine.</summary>
    public static Option<string?> Folder() => new("--home") { Description = $"Data folder. Otherwise {UsualFolder}", HelpName = "DIR" };

    /// <summary><c>--json</c>.</summary>
    public static Option<bool> Json() => new("--json") { Description = "Print the data as JSON." };

    /// <summary><c>--priority N</c>; out of range it is refused by <see cref="WorkPriority.Validate"/>.</summary>
    public static Option<int> Priority() => new("--priority")
    {
        Description = $"Higher is served first, equal ones share the workers fairly; in [{WorkPriority.Lowest}, {WorkPriority.Highest}]. "
            + "What is higher by 10 or more has lower work write a checkpoint and make room.",
        HelpName = "N",
        DefaultValueFactory = _ => WorkPriority.Default,
    };

    /// <summary>An option <c>key=value</c> that may be given several times; <see cref="Settings"/> reads it.</summary>
    /// <param name="name">Such as <c>--set</c>.</param>
    /// <param name="description">What it sets.</param>
    public static Option<string[]> BenchmarkSettings(string name, string description) => new(name) { Description = description, HelpName = "key=value", AllowMultipleArgumentsPerToken = false };

    /// <summary>Values by their keys.</summary>
    /// <param name="texts">Texts of the form <c>key=value</c>; null for none.</param>
    /// <exception cref="CliException">One is not of that form.</exception>
    public static Dictionary<string, string> Settings(string[]? texts)
    {
        var settings = new Dictionary<string, string>();
        foreach (var text in texts ?? [])
        {
            var equals = text.IndexOf('=', StringComparison.Ordinal);
            if (equals <= 0)
            {
                throw new CliException($"'{text}' is not of the form key=value.", "Write for example: --set neighbours=10,20", ExitCodes.Usage);
            }

            settings[text[..equals]] = text[(equals + 1)..];
        }

        return settings;
    }

    /// <summary>The argument <c>RUN</c>.</summary>
    public static Argument<string> Run() => new("RUN") { Description = "A run's id, the begin of one that fits no other, or `latest`." };
}
