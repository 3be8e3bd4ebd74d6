using Poa.Actors.Abstractions;
using Poa.Cli.Hosting;
using Poa.Cli.Rendering;

namespace Poa.Cli.Running;

/// <summary>Shows an ablation's progress until it has ended.</summary>
internal static class AblationWatcher
{
    /// <returns>The ablation as it ended.</returns>
    public static async Task<AblationSnapshot> FollowAsync(PoaConnection connection, string ablation, CliContext context, CancellationToken cancellationToken)
    {
        try
        {
            using var display = new ProgressDisplay(context);
            await foreach (var snapshot in connection.Client.Ablations.WatchAsync(ablation, cancellationToken).ConfigureAwait(false))
            {
                display.Show(Standing.Of(snapshot));
                if (snapshot.IsFinished)
                {
                    return snapshot;
                }
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            context.Error.WriteLine(connection.IsEmbedded
                ? $"{ablation} is kept as far as it has come; go on with: poa ablate --id {ablation}"
                : $"{ablation} goes on in its host; follow it with: poa ablate --id {ablation}");
            throw;
        }

        return await connection.Client.Ablations.GetAsync(ablation, cancellationToken).ConfigureAwait(false);
    }
}
