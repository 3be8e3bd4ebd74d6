namespace Poa.Actors.Dashboard.Live;

internal sealed partial class RunFeed
{
    [LoggerMessage(Level = LogLevel.Information, Message = "Run {RunId}: its {Part} cannot be read at the moment; it is tried again")]
    private partial void LogBroken(Exception exception, string runId, string part);
}
