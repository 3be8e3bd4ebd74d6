using Microsoft.Extensions.Logging;

namespace Poa.Actors;

internal sealed partial class EvaluationSweepGrain
{
    [LoggerMessage(Level = LogLevel.Information, Message = "Sweep {SweepId}: {Message}")]
    private partial void LogNote(string sweepId, string message);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Sweep {SweepId}: {Report} on {WorkId} under fencing token {Token} refused")]
    private partial void LogRefused(string sweepId, string report, string workId, long token);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Sweep {SweepId}: round failed; it is repeated")]
    private partial void LogRoundFailed(Exception exception, string sweepId);
}
