using System.CommandLine;

namespace Poa.Cli.Commands;

/// <summary>Options that several commands have, worded once.</summary>
internal static class CommonOptions
{
    /// <summary><c>--home DIR</c>.</summary>
    public static Option<string?> Home() => new("--home")
    {
        Description = "Data folder. Otherwise POA_HOME, else $XDG_DATA_HOME/poa, else ~/.local/share/poa.",
        HelpName = "DIR",
    };

    /// <summary><c>--json</c>.</summary>
    public static Option<bool> Json() => new("--json") { Description = "Print the data as JSON." };

    /// <summary>The argument <c>RUN</c>.</summary>
    public static Argument<string> Run() => new("RUN") { Description = "A run's id, the begin of one that fits no other, or `latest`." };
}
