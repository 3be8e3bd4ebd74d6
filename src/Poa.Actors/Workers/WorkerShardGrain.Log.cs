using Microsoft.Extensions.Logging;

namespace Poa.Actors;

internal sealed partial class WorkerShardGrain
{
    [LoggerMessage(Level = LogLevel.Information, Message = "Shard {Shard} begins work {WorkId} under fencing token {Token}")]
    private partial void LogAccepted(string shard, string workId, long token);

    [LoggerMessage(Level = LogLevel.Information, Message = "Shard {Shard} asks work {WorkId} (token {Token}) to stop: {Reason}")]
    private partial void LogStopping(string shard, string workId, long token, StopReason reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Shard {Shard} did not reach the scheduler; the next heartbeat follows")]
    private partial void LogSilent(Exception exception, string shard);

    [LoggerMessage(Level = LogLevel.Error, Message = "Shard {Shard}: the executor failed to stop work {WorkId}")]
    private partial void LogStopFailed(Exception exception, string shard, string workId);
}
