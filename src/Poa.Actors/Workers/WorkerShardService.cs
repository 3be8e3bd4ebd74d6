using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Poa.Actors;

/// <summary>
/// Wakes the shard grains of this process once the silo is up, looks after them, and before the silo goes down has running work
/// stopped with a checkpoint. Does nothing in a silo without an executor.
/// </summary>
internal sealed partial class WorkerShardService(
    IServiceProvider services,
    IGrainFactory grains,
    WorkerLife life,
    IOptions<PoaActorsOptions> options,
    TimeProvider time,
    ILogger<WorkerShardService> logger) : IHostedLifecycleService
{
    private static readonly TimeSpan LookPeriod = TimeSpan.FromMilliseconds(50);
    private readonly ILogger _logger = logger;
    private readonly CancellationTokenSource _stopping = new();
    private Task _watching = Task.CompletedTask;
    private IReadOnlyList<IWorkerShardGrain> _shards = [];

    /// <inheritdoc/>
    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StartedAsync(CancellationToken cancellationToken)
    {
        if (services.GetService<IWorkExecutor>() is { } executor)
        {
            _shards = [.. executor.Devices.Select(device =>
                grains.GetGrain<IWorkerShardGrain>(new ShardKey(options.Value.WorkerId, device.Name).ToString()))];
            _watching = WatchAsync();
        }

        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        await _stopping.CancelAsync();
        await _watching;
        if (_shards.Count > 0 && !cancellationToken.IsCancellationRequested)
        {
            await DrainAsync(cancellationToken);
        }

        life.End();
    }

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private async Task WatchAsync()
    {
        try
        {
            while (true)
            {
                var awake = true;
                foreach (var shard in _shards)
                {
                    try
                    {
                        await shard.WakeAsync(_stopping.Token);
                    }
                    catch (Exception e) when (e is not OperationCanceledException)
                    {
                        awake = false;
                        LogNotAwake(e, shard.GetPrimaryKeyString());
                    }
                }

                // The grains send heartbeats by themselves; this only brings back one that has gone.
                await Task.Delay(awake ? options.Value.LeaseTimeout / 2 : options.Value.HeartbeatInterval, time, _stopping.Token);
            }
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            // The silo goes down.
        }
    }

    private async Task DrainAsync(CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(options.Value.DrainTimeout);
        try
        {
            foreach (var shard in _shards)
            {
                while (await shard.DrainAsync(limit.Token) > 0)
                {
                    await Task.Delay(LookPeriod, time, limit.Token);
                }
            }
        }
        catch (Exception e)
        {
            // Nothing is lost: what was not put down starts again from its last checkpoint.
            LogNotDrained(e, options.Value.DrainTimeout);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Shard {Shard} could not be woken; tried again")]
    private partial void LogNotAwake(Exception exception, string shard);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Running work was not put down within {Limit}; it will start again from its last checkpoint")]
    private partial void LogNotDrained(Exception exception, TimeSpan limit);
}
