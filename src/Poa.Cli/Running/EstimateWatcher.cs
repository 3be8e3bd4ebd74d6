using Poa.Actors.Abstractions;
using Poa.Actors.Client;
using Poa.Cli.Rendering;

namespace Poa.Cli.Running;

/// <summary>Has a run's steps measured and waits for it.</summary>
internal static class EstimateWatcher
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(500);

    /// <summary>Ends with the measurement. An interruption gives it up: nobody else waits for it.</summary>
    /// <exception cref="PoaException">It failed, or somebody gave it up; the error is its own.</exception>
    public static async Task<CalibrationResult> MeasureAsync(PoaClient client, RunPlan plan, CliContext context, CancellationToken cancellationToken)
    {
        using var display = new ProgressDisplay(context);
        var snapshot = await client.Plans.CalibrateAsync(plan.Configuration, plan.Data, cancellationToken).ConfigureAwait(false);
        try
        {
            while (!snapshot.IsFinished)
            {
                display.Show(new ProgressSnapshot(Word(snapshot.Status), 0, 0, ""));
                await Task.Delay(LookEvery, context.Time, cancellationToken).ConfigureAwait(false);
                snapshot = await client.Plans.GetCalibrationAsync(snapshot.Key, cancellationToken).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            await client.Plans.CancelCalibrationAsync(snapshot.Key, CancellationToken.None).ConfigureAwait(false);
            throw;
        }

        return snapshot switch
        {
            { Result: { } result } => result,
            { Error: { } error } => throw new PoaException(error),
            _ => throw new CliException("The measurement was given up by somebody else.", "Ask for it again."),
        };
    }

    private static string Word(CalibrationStatus status) => status == CalibrationStatus.Running ? "measuring training steps" : "waiting for a device";
}
