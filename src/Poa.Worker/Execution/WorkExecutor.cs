using System.Diagnostics;
using Microsoft.Extensions.Logging;
using Poa.Actors.Abstractions;
using Poa.Storage;
using Poa.Worker.Devices;
using Poa.Worker.Gangs;
using Poa.Worker.Telemetry;

namespace Poa.Worker.Execution;

/// <summary>Takes leases, has handlers do the work on device threads, and reports how it ended.</summary>
internal sealed partial class WorkExecutor : IWorkExecutor, IAsyncDisposable
{
    private readonly Lock gate = new();
    private readonly WorkerOptions options;
    private readonly IReadOnlyList<IWorkHandler> handlers;
    private readonly IBlobStore blobs;
    private readonly TimeProvider time;
    private readonly ILogger<WorkExecutor> logger;
    private readonly Dictionary<string, WorkerDevice> devices;
    private readonly Dictionary<string, WorkExecution> running = [];
    private readonly Dictionary<string, long> newestToken = [];
    private bool disposed;

    public WorkExecutor(
        WorkerOptions options, IEnumerable<IWorkHandler> handlers, GangExchanges gangs, IBlobStore blobs, TimeProvider time, ILogger<WorkExecutor> logger)
    {
        this.options = options;
        this.handlers = [.. handlers];
        this.blobs = blobs;
        this.time = time;
        this.logger = logger;
        Interrupted = SweepScratch();
        devices = options.Devices.ToDictionary(name => name, name => new WorkerDevice(name, options.Threads));
        ExchangeAddress = gangs.Address;
        Devices = [.. devices.Values.Select(device => device.Description)];
    }

    /// <inheritdoc/>
    public IReadOnlyList<DeviceDescription> Devices { get; }

    /// <inheritdoc/>
    public string? ExchangeAddress { get; }

    /// <inheritdoc/>
    public IReadOnlyList<InterruptedTraining> Interrupted { get; }

    /// <inheritdoc/>
    public void Start(WorkLease lease, IWorkReporter reporter)
    {
        lock (gate)
        {
            ObjectDisposedException.ThrowIf(disposed, this);
            if (newestToken.TryGetValue(lease.WorkId, out var known) && lease.FencingToken <= known)
            {
                return; // a repeat, or a lease since lost
            }

            newestToken[lease.WorkId] = lease.FencingToken;
            var execution = new WorkExecution(lease, reporter);
            var before = running.TryGetValue(lease.WorkId, out var older) ? older : null;
            before?.Stop.Request(StopReason.LeaseLost);
            running[lease.WorkId] = execution;
            var cause = Activity.Current?.Context ?? default;
            execution.Ended = Task.Run(() => RunAsync(execution, before?.Ended ?? Task.CompletedTask, cause));
        }
    }

    /// <inheritdoc/>
    public Task StopAsync(string workId, long fencingToken, StopReason reason)
    {
        WorkExecution? execution;
        lock (gate)
        {
            if (!running.TryGetValue(workId, out execution) || execution.Lease.FencingToken != fencingToken)
            {
                return Task.CompletedTask;
            }
        }

        execution.Stop.Request(reason);
        return execution.Ended;
    }

    /// <summary>Ends when no lease of this work is worked on.</summary>
    internal Task WhenEndedAsync(string workId)
    {
        lock (gate)
        {
            return running.TryGetValue(workId, out var execution) ? execution.Ended : Task.CompletedTask;
        }
    }

    /// <summary>Stops what runs as an orderly shutdown does, and ends the device threads.</summary>
    public async ValueTask DisposeAsync()
    {
        WorkExecution[] rest;
        lock (gate)
        {
            if (disposed)
            {
                return;
            }

            disposed = true;
            rest = [.. running.Values];
        }

        foreach (var execution in rest)
        {
            execution.Stop.Request(StopReason.Shutdown);
        }

        await Task.WhenAll(rest.Select(execution => execution.Ended)).ConfigureAwait(false);
        foreach (var device in devices.Values)
        {
            device.Dispose();
        }
    }

    private async Task RunAsync(WorkExecution execution, Task before, ActivityContext cause)
    {
        Activity.Current = null; // what the work calls is no part of the call that brought its lease
        // An older lease of the same work puts its things down first: both write the same blobs.
        await before.ConfigureAwait(false);
        var (lease, stop) = (execution.Lease, execution.Stop);
        var scratch = Path.Combine(options.ScratchFolder, $"{lease.FencingToken}");
        LogStarted(lease.WorkId, lease.FencingToken, lease.Attempt);
        var (begun, started) = (time.GetUtcNow(), time.GetTimestamp());
        var (end, outcome) = ((WorkEnd?)null, "lost");
        var log = new WorkLog(time);
        log.Information($"{lease.WorkId} begins on {lease.Shard}, lease {lease.FencingToken}, attempt {lease.Attempt}, {SoftwareVersion.Product}.");
        await using var writer = new WorkLogWriter(log, blobs, lease, time, logger);
        using var asked = stop.Token.Register(() => log.Information($"Asked to stop: {stop.Reason}."));
        try
        {
            end = await ExecuteAsync(execution, scratch, log).ConfigureAwait(false);
            log.Information($"The end: {end.Word}.");

            // Whoever reads of the end finds the log complete.
            await writer.FlushAsync().ConfigureAwait(false);
            if (await ReportEndAsync(execution, end).ConfigureAwait(false) == ReportVerdict.Accepted)
            {
                outcome = end.Outcome;
            }
            else
            {
                LogLeaseLost(lease.WorkId, lease.FencingToken);
            }
        }
        catch (Exception e) when (e is OperationCanceledException || stop.Lost.IsCancellationRequested)
        {
            LogLeaseLost(lease.WorkId, lease.FencingToken);
        }
        catch (Exception e)
        {
            // The owner could not be told; it will find the lease lost and hand the work out again.
            LogUnreported(e, lease.WorkId, lease.FencingToken);
            log.Error(e);
        }
        finally
        {
            Instruments.WorkEnded(lease, cause, begun, time.GetElapsedTime(started), outcome, (end as WorkEnd.Failed)?.Error);
            Remove(execution, scratch);
        }
    }

    private async Task<WorkEnd> ExecuteAsync(WorkExecution execution, string scratch, WorkLog log)
    {
        var (lease, stop) = (execution.Lease, execution.Stop);
        try
        {
            if (!devices.TryGetValue(lease.Device, out var device))
            {
                throw new PoaException(WorkErrorCodes.UnknownDevice, $"This worker has no device '{lease.Device}', only {string.Join(", ", devices.Keys)}.",
                    "Start the host with that device.");
            }

            var handler = handlers.FirstOrDefault(handler => handler.Handles(lease.Work))
                ?? throw new NotSupportedException($"No handler for {lease.Work.GetType().Name} in this version.");
            Directory.CreateDirectory(scratch);
            var context = new WorkContext(lease, device, scratch, new FencedReporter(execution.Reporter, stop, log), stop, log);
            return new WorkEnd.Completed(await handler.ExecuteAsync(context).ConfigureAwait(false));
        }
        catch (OperationCanceledException) when (stop.Reason is { } reason)
        {
            return new WorkEnd.Stopped(reason);
        }
        catch (TrainingDivergedException e)
        {
            return new WorkEnd.Diverged(e.Divergence);
        }
        catch (Exception e)
        {
            LogFailed(e, lease.WorkId, lease.FencingToken);
            log.Error(e);
            return new WorkEnd.Failed(WorkErrors.From(e));
        }
    }

    private static Task<ReportVerdict> ReportEndAsync(WorkExecution execution, WorkEnd end) => end switch
    {
        WorkEnd.Completed completed => execution.Reporter.CompletedAsync(completed.Completion, execution.Stop.Lost),
        WorkEnd.Stopped stopped => execution.Reporter.StoppedAsync(stopped.Reason, execution.Stop.Lost),
        WorkEnd.Diverged diverged => execution.Reporter.DivergedAsync(diverged.Divergence, execution.Stop.Lost),
        WorkEnd.Failed failed => execution.Reporter.FailedAsync(failed.Error, execution.Stop.Lost),
        _ => throw new InvalidOperationException(end.ToString()),
    };

    private void Remove(WorkExecution execution, string scratch)
    {
        lock (gate)
        {
            if (running.TryGetValue(execution.Lease.WorkId, out var current) && ReferenceEquals(current, execution))
            {
                running.Remove(execution.Lease.WorkId);
            }
        }

        DeleteScratch(scratch);
    }

    /// <summary>A killed process leaves its scratch files; nobody else works under this home.</summary>
    /// <returns>What it was training.</returns>
    private List<InterruptedTraining> SweepScratch()
    {
        var interrupted = new List<InterruptedTraining>();
        if (Directory.Exists(options.ScratchFolder))
        {
            foreach (var folder in Directory.EnumerateDirectories(options.ScratchFolder))
            {
                if (PlaceFile.Read(folder) is { } place)
                {
                    interrupted.Add(place);
                }

                DeleteScratch(folder);
            }
        }

        return interrupted;
    }

    private void DeleteScratch(string folder)
    {
        try
        {
            if (Directory.Exists(folder))
            {
                Directory.Delete(folder, recursive: true);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            LogScratchLeft(e, folder); // only room is lost, and the next start tries again
        }
    }

    /// <summary>How a piece of work ended.</summary>
    private abstract record WorkEnd(string Outcome, string Word)
    {
        public sealed record Completed(WorkCompletion Completion) : WorkEnd("completed", "completed");

        public sealed record Stopped(StopReason Reason) : WorkEnd("stopped", $"stopped ({Reason})");

        public sealed record Diverged(TrainingDivergence Divergence) : WorkEnd("diverged", $"diverged ({Divergence})");

        public sealed record Failed(WorkError Error) : WorkEnd("failed", $"failed ({Error})");
    }
}
