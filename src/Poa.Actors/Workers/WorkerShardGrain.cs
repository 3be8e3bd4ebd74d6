using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Concurrency;
using Orleans.Placement;

namespace Poa.Actors;

/// <summary>
/// One device. Holds nothing durable: after a crash the scheduler voids its leases. Reentrant, because a report that waits for its
/// owner must hold up neither heartbeats nor requests to stop.
/// </summary>
[Reentrant, KeepAlive, Immovable, WorkerPlacementFilter]
[GrainType("worker-shard")]
internal sealed partial class WorkerShardGrain(
    IServiceProvider services,
    WorkerLife life,
    ILocalSiloDetails silo,
    MachineVitals vitals,
    IOptions<PoaActorsOptions> options,
    TimeProvider time,
    ILogger<WorkerShardGrain> logger,
    ILogger<WorkReporter> reporterLogger) : Grain, IWorkerShardGrain
{
    private readonly ILogger _logger = logger;
    private readonly Dictionary<string, WorkLease> _held = [];

    /// <summary>Requests that the executor is carrying out; they come again with each heartbeat until the work has ended.</summary>
    private readonly HashSet<StopRequest> _stopping = [];
    private readonly Queue<InterruptedTraining> _interrupted = [];
    private DeviceDescription _device = null!;
    private IWorkExecutor _executor = null!;

    private string Key => this.GetPrimaryKeyString();

    /// <inheritdoc/>
    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        var device = ShardKey.Parse(Key).Device;
        _executor = services.GetService<IWorkExecutor>() ?? throw new PoaException(
            ErrorCodes.InvalidArgument, $"The silo of {Key} does no work.", "Register an IWorkExecutor, or remove the worker id from its metadata.");
        _device = _executor.Devices.FirstOrDefault(d => d.Name == device) ?? throw new PoaException(
            ErrorCodes.InvalidArgument,
            $"There is no device {device} in {Key}.",
            $"Choose one of {string.Join(", ", _executor.Devices.Select(d => d.Name))}.");
        foreach (var interrupted in _executor.Interrupted.Where(interrupted => interrupted.Shard == Key))
        {
            _interrupted.Enqueue(interrupted);
        }

        var period = options.Value.HeartbeatInterval;
        this.RegisterGrainTimer(HeartbeatAsync, new GrainTimerCreationOptions { DueTime = period, Period = period, Interleave = true });
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task WakeAsync(CancellationToken cancellationToken = default) => HeartbeatAsync(cancellationToken);

    /// <inheritdoc/>
    public Task AcceptAsync(WorkLease lease, CancellationToken cancellationToken = default)
    {
        if (_held.TryGetValue(lease.WorkId, out var held) && held.FencingToken >= lease.FencingToken)
        {
            return Task.CompletedTask;
        }

        _held[lease.WorkId] = lease;
        LogAccepted(Key, lease.WorkId, lease.FencingToken);
        _executor.Start(lease, new WorkReporter(GrainFactory, lease, life, time, reporterLogger));
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task StopAsync(StopRequest request, CancellationToken cancellationToken = default)
    {
        Stop(request);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public async Task<ReportReceipt> ReportAsync(WorkOwner owner, WorkReport report, CancellationToken cancellationToken = default)
    {
        var receipt = await GrainFactory.Owner(owner).ReportAsync(report, cancellationToken);
        if (receipt.Verdict == ReportVerdict.Refused)
        {
            Stop(new StopRequest(report.WorkId, report.FencingToken, StopReason.LeaseLost));
        }
        else if (report.IsTerminal)
        {
            await GrainFactory.Scheduler().ReleaseAsync(report.WorkId, report.FencingToken, receipt.RequeueAfter, cancellationToken);
            Forget(report.WorkId, report.FencingToken);
        }

        return receipt;
    }

    /// <inheritdoc/>
    public async Task<DataInspection> InspectDataAsync(string data, CancellationToken cancellationToken = default)
    {
        var inspector = services.GetService<IDataInspector>() ?? throw new PoaException(
            ErrorCodes.NoWorker, $"The silo of {Key} cannot look at data.", $"Register an {nameof(IDataInspector)} beside its {nameof(IWorkExecutor)}.");
        return await inspector.InspectAsync(data, cancellationToken) with { Shard = Key };
    }

    /// <inheritdoc/>
    public async Task<int> DrainAsync(CancellationToken cancellationToken = default)
    {
        await GrainFactory.Scheduler().DrainAsync(Key, life.Incarnation, cancellationToken);
        foreach (var lease in _held.Values.ToArray())
        {
            Stop(new StopRequest(lease.WorkId, lease.FencingToken, StopReason.Shutdown));
        }

        return _held.Count;
    }

    private async Task HeartbeatAsync(CancellationToken cancellationToken)
    {
        var scheduler = GrainFactory.Scheduler();
        var heartbeat = new ShardHeartbeat(Key, life.Incarnation, [.. _held.Values.Select(l => new HeldLease(l.WorkId, l.FencingToken))], vitals.Read());
        try
        {
            var reply = await scheduler.HeartbeatAsync(heartbeat, cancellationToken);
            if (!reply.IsRegistered)
            {
                await scheduler.RegisterShardAsync(new ShardRegistration(Key, life.Incarnation, _device, _executor.ExchangeAddress, silo.SiloAddress), cancellationToken);
            }

            foreach (var stop in reply.Stops)
            {
                Stop(stop);
            }

            await TellOfInterruptedAsync();
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            LogSilent(e, Key);
        }
    }

    /// <summary>Tells runs where the process before this one stood; what does not arrive is told again with the next heartbeat.</summary>
    private async Task TellOfInterruptedAsync()
    {
        while (_interrupted.TryPeek(out var interrupted))
        {
            await GrainFactory.GetGrain<ITrainingRunGrain>(interrupted.Run).NoteInterruptionAsync(interrupted);
            if (_interrupted.TryPeek(out var first) && ReferenceEquals(first, interrupted))
            {
                _interrupted.Dequeue(); // unless another heartbeat has told it meanwhile
            }
        }
    }

    /// <summary>Asks the executor to stop, outside this turn: it may take as long as a checkpoint takes.</summary>
    private void Stop(StopRequest request)
    {
        if (!_stopping.Add(request))
        {
            return;
        }

        LogStopping(Key, request.WorkId, request.FencingToken, request.Reason);
        _ = StopOutsideAsync();

        async Task StopOutsideAsync()
        {
            try
            {
                await _executor.StopAsync(request.WorkId, request.FencingToken, request.Reason);
                if (request.Reason == StopReason.LeaseLost)
                {
                    // Its last report is refused: the device is free only from here on, and somebody may wait for it.
                    Forget(request.WorkId, request.FencingToken);
                    await HeartbeatAsync(CancellationToken.None);
                }
            }
            catch (Exception e)
            {
                LogStopFailed(e, Key, request.WorkId);
            }
            finally
            {
                _stopping.Remove(request);
            }
        }
    }

    private void Forget(string workId, long token)
    {
        if (_held.TryGetValue(workId, out var lease) && lease.FencingToken == token)
        {
            _held.Remove(workId);
        }
    }
}
