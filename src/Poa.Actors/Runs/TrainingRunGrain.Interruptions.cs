using System.Globalization;

namespace Poa.Actors;

/// <summary>
/// Tells a run that ends its workers from one whose workers are killed from outside. Training is a function of the configuration: what ends the
/// process at a step (an operation that crashes, a batch that does not fit into memory) ends it there at the next attempt, too. Kills from
/// outside come at any step, and are made good any number of times.
/// </summary>
internal sealed partial class TrainingRunGrain
{
    /// <inheritdoc/>
    public async Task NoteInterruptionAsync(InterruptedTraining interrupted, CancellationToken cancellationToken = default)
    {
        if (State.Status is not (RunStatus.Queued or RunStatus.Running) || State.Interruptions.Any(known => known.Generation == interrupted.Generation) ||
            State.Checkpoints.Any(checkpoint => checkpoint.Iteration > interrupted.Step))
        {
            // A repeat, another member of the same gang, or a place that the run has come past since.
            return;
        }

        var next = State with { Interruptions = State.Interruptions.Add(interrupted) };
        // Whoever came further has shown that this place ends nobody.
        var times = next.Interruptions.Reverse().TakeWhile(other => !IsBeyond(other, interrupted))
            .Count(other => (other.Stage, other.Step) == (interrupted.Stage, interrupted.Step));
        var place = interrupted.Step is { } step ? string.Create(CultureInfo.InvariantCulture, $"at step {step}") : $"while {interrupted.Stage}";
        if (times < (interrupted.Step is null ? _options.StageLossLimit : _options.StepLossLimit))
        {
            await SaveAsync(next, $"The worker process of {interrupted.Shard} has ended {place}.", NoteLevel.Warning);
            return;
        }

        var log = new WorkLogName(interrupted.FencingToken, interrupted.WorkId, interrupted.Shard);
        var error = new WorkError(
            ErrorCodes.Quarantined,
            $"Worker processes have ended {times} times {place}, the last one that of {interrupted.Shard}.",
            $"Look for the cause (often memory) in the log of that try, {log}: poa logs {Id}. Then resume the run: it goes on from its last checkpoint.");
        await SaveAsync(
            RunGang.EndAll(next, rank: 0, LeasePhase.Lost) with { Status = RunStatus.Failed, FinishedAt = time.GetUtcNow(), Error = error },
            error.ToString(),
            NoteLevel.Error);
        await DisbandAsync(error);
        await AfterEndAsync();
    }

    private static bool IsBeyond(InterruptedTraining other, InterruptedTraining place) => place.Step is { } step ? other.Step > step : other.Step is not null;
}
