namespace Poa.Cli;

/// <summary>What a command talks to, so that tests can read its words and terminals are treated as such.</summary>
/// <param name="Out">Results. Only data goes here, so that it can be piped.</param>
/// <param name="Error">Progress, notes and errors.</param>
/// <param name="Interactive">Standard error is a terminal: progress is drawn in place instead of printed line by line.</param>
/// <param name="Width">Columns of the terminal, or 100 where there is none.</param>
/// <param name="Time">The clock of progress lines and waits.</param>
internal sealed record CliContext(TextWriter Out, TextWriter Error, bool Interactive, int Width, TimeProvider Time)
{
    /// <summary>The context of a real process.</summary>
    public static CliContext ForProcess() => new(
        Console.Out, Console.Error, !Console.IsErrorRedirected, TerminalWidth(), TimeProvider.System);

    private static int TerminalWidth()
    {
        if (Console.IsOutputRedirected)
        {
            return 100;
        }

        try
        {
            return Math.Clamp(Console.WindowWidth, 60, 200);
        }
        catch (IOException)
        {
            return 100; // a terminal that does not tell its size
        }
    }
}
