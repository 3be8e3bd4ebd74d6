using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using Poa.Actors.Client;

namespace Poa.Actors.Dashboard.Api;

/// <summary>What the streams of a run send.</summary>
internal static class RunStreams
{
    /// <summary>Steps of one event at most.</summary>
    internal const int StepsPerEvent = 500;

    private static readonly TimeSpan LookInterval = TimeSpan.FromSeconds(1);

    /// <summary>Whether nothing more comes of a run by itself.</summary>
    public static bool HasEnded(RunStatus status) => status.IsFinished() || status == RunStatus.Paused;

    /// <summary>Updates of the run, then its end.</summary>
    public static async IAsyncEnumerable<SseItem<string>> EventsAsync(
        PoaClient poa, string run, long after, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        RunStatus? last = null;
        await foreach (var update in poa.Runs.WatchAsync(run, after, cancellationToken))
        {
            last = update.Status;
            yield return EventStream.Item("update", update, update.Position);
        }

        yield return EventStream.End(last ?? (await poa.Runs.GetAsync(run, cancellationToken)).Status);
    }

    /// <summary>Steps as they are stored, then the end of the run.</summary>
    public static async IAsyncEnumerable<SseItem<string>> StepsAsync(
        PoaClient poa, TimeProvider time, string run, long after, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        while (true)
        {
            // The state before the steps: what a run that has ended then wrote is in what is read now.
            var status = (await poa.Runs.GetAsync(run, cancellationToken)).Status;
            var page = await poa.Runs.MetricsPageAsync(run, after, StepsPerEvent, cancellationToken);
            if (page.Steps.Count > 0)
            {
                after = page.Next;
                yield return EventStream.Item("steps", page.Steps, after);
            }

            if (page.Steps.Count == StepsPerEvent)
            {
                continue;
            }

            if (HasEnded(status))
            {
                yield return EventStream.End(status);
                yield break;
            }

            await Task.Delay(LookInterval, time, cancellationToken);
        }
    }
}
