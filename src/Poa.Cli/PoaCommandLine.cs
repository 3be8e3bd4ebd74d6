using System.CommandLine;
using System.CommandLine.Parsing;
using Poa.Cli.Commands;

namespace Poa.Cli;

/// <summary>The command <c>poa</c> with everything below it.</summary>
internal static class PoaCommandLine
{
    private const string About =
        """
        Pre-trains one elastic network by POA self-distillation and delivers every size of it.

        A data folder (--home, or POA_HOME, or ~/.local/share/poa) holds runs, checkpoints and results. `poa up` serves it;
        without a running host, commands that need one start it for as long as they take. Where POA_CLUSTER_DATABASE names a
        cluster (see `poa silo --help`), commands without --home talk to that instead.

        Exit codes: 0 done, 1 failed, 2 wrong input, 3 not found, 4 no host could serve it, 130 interrupted.
        """;

    /// <summary>Parses and runs; signals, errors and exit codes included.</summary>
    public static async Task<int> RunAsync(IReadOnlyList<string> arguments, CliContext context)
    {
        using var signals = new Signals(context.Error);
        return await RunAsync(arguments, context, signals.Token).ConfigureAwait(false);
    }

    /// <summary>As the other overload, stopped by <paramref name="cancellationToken"/> instead of signals.</summary>
    public static async Task<int> RunAsync(IReadOnlyList<string> arguments, CliContext context, CancellationToken cancellationToken)
    {
        var parsed = Create(context).Parse(arguments);
        if (parsed.Errors.Count > 0)
        {
            return ReportUsage(parsed, context);
        }

        var configuration = new InvocationConfiguration
        {
            Output = context.Out,
            Error = context.Error,
            EnableDefaultExceptionHandler = false, // ours names the remedy
            ProcessTerminationTimeout = null, // ours lets a run write its checkpoint
        };
        try
        {
            return await parsed.InvokeAsync(configuration, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            return Failures.Report(e, context, cancellationToken);
        }
    }

    /// <summary>The tree of commands.</summary>
    public static RootCommand Create(CliContext context)
    {
        var root = new RootCommand(About);
        foreach (var command in CommandList.All(context))
        {
            root.Add(command);
        }

        HelpWithExamples.Use(root);
        return root;
    }

    private static int ReportUsage(ParseResult parsed, CliContext context)
    {
        foreach (var error in parsed.Errors)
        {
            context.Error.WriteLine($"error: {error.Message}");
        }

        context.Error.WriteLine($"remedy: see `{FullName(parsed.CommandResult)} --help`");
        return ExitCodes.Usage;
    }

    private static string FullName(CommandResult result) =>
        result.Parent is CommandResult parent ? $"{FullName(parent)} {result.Command.Name}" : "poa";
}
