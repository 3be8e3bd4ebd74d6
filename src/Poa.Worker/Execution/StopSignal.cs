using Poa.Actors.Abstractions;

namespace Poa.Worker.Execution;

/// <summary>
/// Why a piece of work is to stop, if it is. A more urgent reason replaces a less urgent one: what a person asked for outranks
/// the host going down, being drained or making room, and a lost lease outranks all.
/// </summary>
internal sealed class StopSignal : IDisposable
{
    private readonly Lock gate = new();
    private readonly CancellationTokenSource stop = new();
    private readonly CancellationTokenSource lost = new();
    private StopReason? reason;

    /// <summary>Cancelled when the work is to stop for whatever reason.</summary>
    public CancellationToken Token => stop.Token;

    /// <summary>Cancelled when the lease is lost: nothing may be published any more.</summary>
    public CancellationToken Lost => lost.Token;

    /// <summary>The most urgent reason so far; null while the work may go on.</summary>
    public StopReason? Reason
    {
        get
        {
            lock (gate)
            {
                return reason;
            }
        }
    }

    /// <summary>Asks for a stop.</summary>
    public void Request(StopReason why)
    {
        lock (gate)
        {
            if (reason is { } known && Urgency(known) >= Urgency(why))
            {
                return;
            }

            reason = why;
        }

        if (why == StopReason.LeaseLost)
        {
            lost.Cancel();
        }

        stop.Cancel();
    }

    public void Dispose()
    {
        stop.Dispose();
        lost.Dispose();
    }

    private static int Urgency(StopReason reason) => reason switch
    {
        StopReason.Shutdown or StopReason.Drain or StopReason.Preempt or StopReason.Regroup => 0,
        StopReason.Pause => 1,
        StopReason.Cancel => 2,
        _ => 3,
    };
}
