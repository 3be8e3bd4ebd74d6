using System.Globalization;
using Poa.Elastic;

namespace Poa.Actors;

/// <summary>What happens when training has gone wrong for longer than the configuration allows.</summary>
internal sealed partial class TrainingRunGrain
{
    private const string LowerRate = "Start a new run with a lower learning rate (optim.base_lr, optim.lr) or a longer warm-up. Resumed, this one may be rolled back again as often.";

    /// <summary>
    /// Takes the run back to a good checkpoint, or fails it. Stored before the worker is answered: whoever takes the run up next goes on so,
    /// whatever is killed meanwhile.
    /// </summary>
    /// <returns>When to hand the work out again; null if not.</returns>
    private async Task<TimeSpan?> RollBackAsync(TrainingDivergence divergence, int rank)
    {
        var ended = RunGang.EndAll(State, rank, LeasePhase.Ended);
        var reason = RunRollbacks.Describe(divergence);
        WorkError why;
        try
        {
            var guard = PoaConfiguration.Load([new ConfigurationSource("the run's configuration", Existing().ConfigurationYaml)]).Guard;
            if (RunRollbacks.Next(State, divergence, guard, time.GetUtcNow()) is { } rollback)
            {
                why = new(ErrorCodes.TrainingDiverged, $"{reason}.", "Nothing: the run goes on from an earlier checkpoint.", Retryable: true);
                await RollBackAsync(ended, rollback, guard);
            }
            else
            {
                why = new(ErrorCodes.TrainingDiverged, $"{reason}, and the run has been rolled back {State.RollbacksSinceRequest} time(s) already (guard.max_rollbacks).", LowerRate);
                await FailAsync(ended, why);
            }
        }
        catch (ConfigurationException error)
        {
            // The worker's version could read it, this one cannot: without an answer the worker would report for ever.
            why = new(ErrorCodes.TrainingDiverged, $"{reason}, and this silo cannot read the run's configuration: {error.Message}", "Start all silos with the same version, then resume the run.");
            await FailAsync(ended, why);
        }

        await DisbandAsync(why);
        await AfterEndAsync();
        return State.Status == RunStatus.Queued ? TimeSpan.Zero : null;
    }

    private Task RollBackAsync(RunState ended, RunRollback rollback, GuardOptions guard)
    {
        var next = Settle(RunRollbacks.Apply(ended, rollback));
        _progress = _progress is null ? null : _progress with { Done = rollback.To, Phase = "rolled back", Loss = null, LearningRate = null, Remaining = null };
        _trend = _trend.Until(rollback.To);
        return SaveAsync(
            next,
            string.Create(CultureInfo.InvariantCulture, $"{rollback.Reason}. Rolled back from iteration {rollback.From} to the checkpoint at iteration {rollback.To}, to go on with {rollback.LearningRateFactor:0.######} of the scheduled learning rate (rollback {next.RollbacksSinceRequest} of at most {guard.MaxRollbacks})."),
            NoteLevel.Warning);
    }

    private Task FailAsync(RunState ended, WorkError why) => SaveAsync(
        ended with
        {
            // A run that was to be cancelled is cancelled, whatever else went wrong on the way.
            Status = State.Status == RunStatus.Cancelling ? RunStatus.Cancelled : RunStatus.Failed,
            FinishedAt = time.GetUtcNow(),
            Error = why,
        },
        why.ToString(),
        NoteLevel.Error);
}
