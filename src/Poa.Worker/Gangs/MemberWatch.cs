using Poa.Training.Exchange;

namespace Poa.Worker.Gangs;

/// <summary>
/// Looks beside the training for members of the gang that are lost. The training itself notices them where it awaits something of them; here it is noticed too
/// where it waits for something else, such as images.
/// </summary>
/// <param name="exchange">The other members; null for none.</param>
/// <param name="needsOthers">Whether there are steps left: after the last one nobody is missed.</param>
/// <param name="abandon">Cancelled to end the training where it stands.</param>
internal sealed class MemberWatch(IShardExchange? exchange, Func<bool> needsOthers, CancellationTokenSource abandon)
{
    /// <summary>To be called about once a second.</summary>
    /// <exception cref="ShardLostException">A member is lost; the training is abandoned.</exception>
    public async Task LookAsync()
    {
        if (exchange is null || !needsOthers())
        {
            return;
        }

        try
        {
            exchange.ThrowIfLost();
        }
        catch (ShardLostException)
        {
            await abandon.CancelAsync().ConfigureAwait(false);
            throw;
        }
    }
}
