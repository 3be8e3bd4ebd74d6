using Orleans.Serialization;

namespace Poa.Actors.Client;

/// <summary>
/// Makes a call again whose answer did not come: its silo died, and the grain is up again elsewhere within seconds. Commands may be
/// repeated, since the same one twice equals once. Streams are not: who follows one takes it up where it broke. Nor are calls to a
/// worker's own shard, which nobody can stand in for.
/// </summary>
internal sealed class RetryFilter : IOutgoingGrainCallFilter
{
    /// <summary>
    /// The longest wait for one answer, unless the method says otherwise. More than half of what silos wait for each other: so often a
    /// silent stream gives a sign of life.
    /// </summary>
    public static readonly TimeSpan AttemptTimeout = TimeSpan.FromSeconds(5);

    /// <summary>How long a call is made again.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private static readonly TimeSpan Delay = TimeSpan.FromMilliseconds(250);

    /// <inheritdoc/>
    public async Task Invoke(IOutgoingGrainCallContext context)
    {
        if (!MayRepeat(context.InterfaceMethod.DeclaringType))
        {
            await context.Invoke();
            return;
        }

        var start = TimeProvider.System.GetTimestamp();
        while (true)
        {
            try
            {
                await context.Invoke();
                if (context.Response?.Exception is not { } fault || !IsCut(fault, start))
                {
                    return;
                }
            }
            catch (Exception e) when (IsCut(e, start))
            {
                // Made again below.
            }

            await Task.Delay(Delay, TimeProvider.System, context.Request.GetCancellationToken());
        }
    }

    private static bool MayRepeat(Type? contract) => contract?.Assembly == typeof(IClusterInfoGrain).Assembly && contract != typeof(IWorkerShardGrain);

    /// <summary>
    /// No answer of a grain, but the way to it was cut; or the answer was an exception of the data base's driver, which is no type of ours that
    /// could be sent: the data base is away for a moment.
    /// </summary>
    private static bool IsCut(Exception e, long start) =>
        e is TimeoutException or OrleansException or CodecNotFoundException && TimeProvider.System.GetElapsedTime(start) < Patience;
}
