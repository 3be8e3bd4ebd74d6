using Poa.Actors.Abstractions;
using Poa.Storage;
using Poa.Worker.Execution;
using Poa.Worker.Work.Runners;

namespace Poa.Worker.Work;

/// <summary>
/// Evaluates several sub-networks of one checkpoint. Each result is reported as soon as it is known, so that a kill loses only those
/// still to come; evaluations that train keep intermediate checkpoints until then.
/// </summary>
internal sealed class EvaluationHandler(IBlobStore blobs, IEnumerable<IBenchmarkRunner> runners, TimeProvider time) : IWorkHandler
{
    /// <inheritdoc/>
    public bool Handles(WorkItem work) => work is EvaluationWork evaluation && Benchmarks.Describe(evaluation.Benchmark).NeedsImages;

    /// <inheritdoc/>
    public async Task<WorkCompletion> ExecuteAsync(WorkContext context)
    {
        var work = (EvaluationWork)context.Lease.Work;
        var started = time.GetTimestamp();
        await context.Reporter.ProgressAsync(new WorkProgress { Done = 0, Total = 0, Unit = "images", Phase = "loading" }).ConfigureAwait(false);
        var runner = runners.FirstOrDefault(runner => runner.Runs(work.Benchmark))
            ?? throw new NotSupportedException($"Benchmark '{work.Benchmark}' is not known to this worker; there are {string.Join(", ", Benchmarks.All)}.");

        await using var outlet = new ResultOutlet(context, time);
        var states = new EvaluationStates(new EvaluationStateStore(blobs, time), context, work, outlet);
        var pictures = new EvaluationPictures(new EvaluationPictureStore(blobs), context, work);
        outlet.Stored = async result =>
        {
            await states.RemoveAsync(result.SubNetwork).ConfigureAwait(false);
            await pictures.RemoveReplacedAsync(result.SubNetwork).ConfigureAwait(false);
        };
        try
        {
            var run = new EvaluationRun(context, work, RunConfiguration.Parse(work.ConfigurationYaml), blobs, outlet, states, pictures, time);
            var images = await runner.RunAsync(run).ConfigureAwait(false);
            await outlet.CompleteAsync().ConfigureAwait(false);
            return new WorkCompletion { Cost = new WorkCost(time.GetElapsedTime(started), images, Device: context.Lease.Device) };
        }
        catch (OperationCanceledException) when (context.Stop.Reason == StopReason.Cancel)
        {
            await Task.WhenAll(work.SubNetworks.Select(states.RemoveAsync)).ConfigureAwait(false);
            await Task.WhenAll(work.SubNetworks.Except(outlet.HandedIn).Select(pictures.RemoveGivenUpAsync)).ConfigureAwait(false);
            throw;
        }
    }
}
