namespace Poa.Cli;

/// <summary>What the process returns; README lists the same numbers.</summary>
internal static class ExitCodes
{
    /// <summary>Done as asked.</summary>
    public const int Success = 0;

    /// <summary>The work itself failed (a run failed, a check of <c>doctor</c> failed, an unexpected error).</summary>
    public const int Failure = 1;

    /// <summary>The caller's input is wrong: arguments, configuration, data specification, sub-network.</summary>
    public const int Usage = 2;

    /// <summary>The run, checkpoint, sub-network or result asked for does not exist.</summary>
    public const int NotFound = 3;

    /// <summary>No host can serve the command: port in use, home folder locked, full or not writable.</summary>
    public const int HostUnavailable = 4;

    /// <summary>Stopped by Ctrl+C (SIGINT) or SIGTERM, after a checkpoint where a run was going.</summary>
    public const int Interrupted = 130;
}
