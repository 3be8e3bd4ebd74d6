using Microsoft.Extensions.Logging;
using Poa.Actors.Abstractions;
using Poa.Storage;

namespace Poa.Worker.Execution;

/// <summary>
/// Writes the log of a lease to the blob <c>runs/{run}/logs/{name}.log</c> every few seconds while it grows, so that it is there when
/// the worker is not any more. Whatever goes wrong with that never disturbs the work.
/// </summary>
internal sealed partial class WorkLogWriter : IAsyncDisposable
{
    /// <summary>Logs of each kind of work that a run keeps: a sweep of many evaluations does not drive out the log of the training.</summary>
    public const int KeptPerKind = 20;

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly WorkLog log;
    private readonly IBlobStore blobs;
    private readonly string run;
    private readonly WorkLogName name;
    private readonly TimeProvider time;
    private readonly ILogger logger;
    private readonly SemaphoreSlim writing = new(1, 1);
    private readonly CancellationTokenSource stop = new();
    private readonly Task loop;
    private readonly bool isKept;
    private bool hasFailed;

    /// <param name="log">What to write.</param>
    /// <param name="blobs">Where to.</param>
    /// <param name="lease">Whose log it is; it says which run.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">Hears of the first fault.</param>
    public WorkLogWriter(WorkLog log, IBlobStore blobs, WorkLease lease, TimeProvider time, ILogger logger)
    {
        (this.log, this.blobs, this.time, this.logger) = (log, blobs, time, logger);
        (run, name) = (lease.Work.Run, new WorkLogName(lease.FencingToken, lease.WorkId, lease.Shard));
        isKept = lease.Work is not CalibrationWork; // which belongs to no run
        loop = isKept ? Task.Run(LoopAsync) : Task.CompletedTask;
    }

    /// <summary>Writes what is not written yet, or gives up after a while.</summary>
    public async Task FlushAsync()
    {
        using var patience = new CancellationTokenSource(Patience, time);
        try
        {
            await writing.WaitAsync(patience.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            return;
        }

        try
        {
            await WriteAsync(patience.Token).ConfigureAwait(false);
        }
        finally
        {
            writing.Release();
        }
    }

    /// <summary>Writes the rest and ends.</summary>
    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync().ConfigureAwait(false);
        await loop.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await FlushAsync().ConfigureAwait(false);
        stop.Dispose();
        writing.Dispose();
    }

    private async Task LoopAsync()
    {
        await FlushAsync().ConfigureAwait(false);
        await RetireAsync().ConfigureAwait(false);
        using var timer = new PeriodicTimer(Interval, time);
        while (await timer.WaitForNextTickAsync(stop.Token).ConfigureAwait(false))
        {
            await FlushAsync().ConfigureAwait(false);
        }
    }

    private async Task WriteAsync(CancellationToken cancellationToken)
    {
        if (!isKept || log.TakeChanged() is not { } text)
        {
            return;
        }

        try
        {
            using var content = new MemoryStream(text, writable: false);
            await blobs.UploadAsync(BlobLayout.Log(run, name.ToString()), content, BlobWriteCondition.Overwrite, null, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            log.GiveBack();
            Failed(e);
        }
    }

    /// <summary>Removes the oldest logs of this kind of work beyond the number that is kept.</summary>
    private async Task RetireAsync()
    {
        try
        {
            var folder = BlobLayout.Logs(run);
            var known = new List<string>();
            await foreach (var blob in blobs.ListAsync(folder, stop.Token).ConfigureAwait(false))
            {
                if (WorkLogName.TryParse(Path.GetFileNameWithoutExtension(blob.Name[folder.Length..]))?.Kind == name.Kind)
                {
                    known.Add(blob.Name);
                }
            }

            foreach (var old in known.SkipLast(KeptPerKind))
            {
                await blobs.DeleteAsync(old, null, stop.Token).ConfigureAwait(false);
            }
        }
        catch (Exception e) when (!stop.IsCancellationRequested)
        {
            Failed(e);
        }
    }

    private void Failed(Exception exception)
    {
        if (!hasFailed)
        {
            hasFailed = true;
            LogFailed(exception, run, name.ToString());
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The log {Name} of run {Run} cannot be written; the work goes on without it")]
    private partial void LogFailed(Exception exception, string run, string name);
}
