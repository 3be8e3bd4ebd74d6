using Microsoft.Extensions.Logging;

namespace Poa.Actors;

internal sealed partial class SchedulerGrain
{
    [LoggerMessage(Level = LogLevel.Information, Message = "Work {WorkId} granted to {Shard} under fencing token {Token}")]
    private partial void LogGranted(string workId, string shard, long token);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Lease {Token} of work {WorkId} on {Shard} is lost: {Reason}")]
    private partial void LogLost(string workId, string shard, long token, string reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "Shard {Shard} registered (process {Incarnation}, {Device})")]
    private partial void LogRegistered(string shard, string incarnation, string device);

    [LoggerMessage(Level = LogLevel.Information, Message = "Shard {Shard} drains: it takes no more work")]
    private partial void LogDraining(string shard);

    [LoggerMessage(Level = LogLevel.Information, Message = "Shard {Shard} is drained by an operator: it takes no work until it is resumed")]
    private partial void LogDrained(string shard);

    [LoggerMessage(Level = LogLevel.Information, Message = "Shard {Shard} is resumed by an operator")]
    private partial void LogResumed(string shard);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Message about work {WorkId} ({Step}) was not delivered; it is repeated")]
    private partial void LogUndelivered(Exception exception, string workId, string step);
}
