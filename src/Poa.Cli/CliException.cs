namespace Poa.Cli;

/// <summary>An error the user can act upon: printed as <c>error:</c> and <c>remedy:</c> on standard error, without a stack.</summary>
/// <param name="message">What is wrong, with the offending value.</param>
/// <param name="remedy">What to do about it.</param>
/// <param name="exitCode">One of <see cref="ExitCodes"/>.</param>
/// <param name="inner">What was met beneath it.</param>
internal sealed class CliException(string message, string remedy, int exitCode = ExitCodes.Failure, Exception? inner = null)
    : Exception(message, inner)
{
    /// <summary>What the user can do.</summary>
    public string Remedy { get; } = remedy;

    /// <summary>One of <see cref="ExitCodes"/>.</summary>
    public int ExitCode { get; } = exitCode;
}
