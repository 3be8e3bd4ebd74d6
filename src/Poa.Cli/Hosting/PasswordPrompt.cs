using System.Text;

namespace Poa.Cli.Hosting;

/// <summary>Asks for a password: on a terminal twice and without showing it, otherwise the first line of standard input. Never an argument: those are seen by all.</summary>
internal static class PasswordPrompt
{
    /// <summary>The password.</summary>
    /// <exception cref="CliException">The two differ, or the input is empty.</exception>
    public static string Read(CliContext context)
    {
        if (Console.IsInputRedirected)
        {
            return Console.In.ReadLine() is { Length: > 0 } line
                ? line
                : throw new CliException("Standard input holds no password.", "Give it as the first line, or run this on a terminal.", ExitCodes.Usage);
        }

        var password = ReadHidden(context, "Password: ");
        return password == ReadHidden(context, "Once more: ")
            ? password
            : throw new CliException("The two passwords differ.", "Run this again.", ExitCodes.Usage);
    }

    private static string ReadHidden(CliContext context, string prompt)
    {
        context.Error.Write(prompt);
        var text = new StringBuilder();
        while (Console.ReadKey(intercept: true) is { Key: not ConsoleKey.Enter } key)
        {
            if (key.Key == ConsoleKey.Backspace)
            {
                text.Length = Math.Max(0, text.Length - 1);
            }
            else if (!char.IsControl(key.KeyChar))
            {
                text.Append(key.KeyChar);
            }
        }

        context.Error.WriteLine();
        return text.ToString();
    }
}
