using Microsoft.Extensions.Logging;

namespace Poa.Actors;

internal sealed partial class TrainingRunGrain
{
    [LoggerMessage(Level = LogLevel.Information, Message = "Run {RunId}: {Before} -> {After}. {Message}")]
    private partial void LogTransition(string runId, RunStatus before, RunStatus after, string message);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Run {RunId}: {Report} under fencing token {Token} refused; the lease is {Held} ({Phase})")]
    private partial void LogRefused(string runId, string report, long token, long held, LeasePhase phase);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Run {RunId}: watchdog round failed; it is repeated")]
    private partial void LogWatchdogFailed(Exception exception, string runId);
}
