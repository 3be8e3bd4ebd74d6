using System.Threading.Channels;
using Poa.Actors.Abstractions;
using Poa.Evaluation;
using Poa.Worker.Execution;

namespace Poa.Worker.Work;

/// <summary>
/// Takes results and progress on the device's thread and reports them from another, in order, so that computing does not wait for
/// the control plane. Progress is thinned out to one report a second.
/// </summary>
internal sealed class ResultOutlet : IAsyncDisposable
{
    private readonly Channel<EvaluationResult> results = Channel.CreateUnbounded<EvaluationResult>(new UnboundedChannelOptions { SingleReader = true });
    private readonly List<string> handedIn = [];
    private readonly WorkContext context;
    private readonly Task reporting;
    private readonly Ticker ticker;
    private EvaluationProgress latest = new("loading", 0, 0, 0);

    public ResultOutlet(WorkContext context, TimeProvider time)
    {
        this.context = context;
        reporting = Task.Run(ReportAsync);
        ticker = new Ticker(time, ReportProgressAsync, () => { });
    }

    /// <summary>What is to be done once a result was taken in; not to throw.</summary>
    public Func<EvaluationResult, Task> Stored { get; set; } = static _ => Task.CompletedTask;

    /// <summary>Intermediate checkpoints stored so far, told with the progress.</summary>
    public int StoredStates { get; set; }

    /// <summary>Sub-networks whose results were handed in, reported or not; to be read once nothing computes any more.</summary>
    public IReadOnlyCollection<string> HandedIn => handedIn;

    /// <summary>Reports a result; never blocks.</summary>
    public void Result(EvaluationResult result)
    {
        handedIn.Add(result.SubNetwork);
        results.Writer.TryWrite(result);
    }

    /// <summary>Remembers how far the work is, for the next report.</summary>
    public void Progress(EvaluationProgress progress) => Volatile.Write(ref latest, progress);

    /// <summary>Reports how far the work is; an answer that the lease is lost stops it.</summary>
    public Task ReportProgressAsync()
    {
        var progress = Volatile.Read(ref latest);
        return context.Reporter.ProgressAsync(new WorkProgress
        {
            Done = progress.Done,
            Total = progress.Total,
            Unit = progress.Unit,
            Phase = progress.Phase,
            ImagesPerSecond = progress.ImagesPerSecond > 0 ? progress.ImagesPerSecond : null,
            Remaining = progress.ImagesPerSecond > 0 ? TimeSpan.FromSeconds((progress.Total - progress.Done) / progress.ImagesPerSecond) : null,
            StoredStates = StoredStates,
        });
    }

    /// <summary>Ends when every result was taken in, with the error of the one that was not.</summary>
    public async Task CompleteAsync()
    {
        results.Writer.TryComplete();
        await reporting.ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync()
    {
        // Results that are known are worth reporting even if the work ends in an error or a stop.
        results.Writer.TryComplete();
        await reporting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await ticker.DisposeAsync().ConfigureAwait(false);
    }

    private async Task ReportAsync()
    {
        while (await results.Reader.WaitToReadAsync().ConfigureAwait(false))
        {
            var batch = new List<EvaluationResult>();
            while (results.Reader.TryRead(out var result))
            {
                batch.Add(result);
            }

            await context.Reporter.ResultAsync(batch).ConfigureAwait(false);
            foreach (var result in batch)
            {
                await Stored(result).ConfigureAwait(false);
            }
        }
    }
}
