using Microsoft.Extensions.Logging;

namespace Poa.Worker.Execution;

internal sealed partial class WorkExecutor
{
    [LoggerMessage(Level = LogLevel.Information, Message = "Work {WorkId} under lease {FencingToken} started, attempt {Attempt}")]
    private partial void LogStarted(string workId, long fencingToken, int attempt);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Work {WorkId} has lost lease {FencingToken} and stopped")]
    private partial void LogLeaseLost(string workId, long fencingToken);

    [LoggerMessage(Level = LogLevel.Error, Message = "Work {WorkId} under lease {FencingToken} failed")]
    private partial void LogFailed(Exception exception, string workId, long fencingToken);

    [LoggerMessage(Level = LogLevel.Error, Message = "The end of work {WorkId} under lease {FencingToken} could not be reported")]
    private partial void LogUnreported(Exception exception, string workId, long fencingToken);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Scratch folder {Folder} could not be removed")]
    private partial void LogScratchLeft(Exception exception, string folder);
}
