namespace Poa.Cli.Running;

/// <summary>Finds the run that a user means.</summary>
internal static class RunReference
{
    /// <summary>The word for the newest run.</summary>
    public const string Latest = "latest";

    /// <param name="text">An id, the begin of one, or <c>latest</c>.</param>
    /// <param name="newestFirst">The ids there are.</param>
    /// <exception cref="CliException">None fits, or several do; the message names them.</exception>
    public static string Resolve(string text, IReadOnlyList<string> newestFirst)
    {
        if (newestFirst.Count == 0)
        {
            throw new CliException("There are no runs in this data folder.", "Start one: poa train --preset demo --data demo", ExitCodes.NotFound);
        }

        if (text == Latest)
        {
            return newestFirst[0];
        }

        if (newestFirst.Contains(text))
        {
            return text;
        }

        string[] fitting = [.. newestFirst.Where(id => id.StartsWith(text, StringComparison.Ordinal))];
        return fitting.Length switch
        {
            1 => fitting[0],
            0 => throw new CliException($"There is no run '{text}'.", "See the runs there are: poa runs", ExitCodes.NotFound),
            _ => throw new CliException($"'{text}' fits several runs: {string.Join(", ", fitting.Take(8))}.", "Give more of the id.", ExitCodes.Usage),
        };
    }
}
