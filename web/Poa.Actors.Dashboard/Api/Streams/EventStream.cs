using System.Globalization;
using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text.Json;

namespace Poa.Actors.Dashboard.Api;

/// <summary>
/// Server-sent events: each holds JSON; one with an id can be gone on from with the header <c>Last-Event-ID</c>. A <c>heartbeat</c>
/// comes at once and then whenever nothing else came for <see cref="HeartbeatInterval"/>; the last event is <c>end</c>, unless the server
/// is stopped. One event is held at a time: a reader that is slow is read for more slowly.
/// </summary>
internal static class EventStream
{
    /// <summary>The media type.</summary>
    public const string MediaType = "text/event-stream";

    /// <summary>Header with the position that a reader has seen last.</summary>
    public const string PositionHeader = "Last-Event-ID";

    /// <summary>Longest silence.</summary>
    public static TimeSpan HeartbeatInterval { get; } = TimeSpan.FromSeconds(15);

    private static readonly TimeSpan Reconnection = TimeSpan.FromSeconds(2);

    /// <summary>Sends events for as long as the source gives some, the client is there, and the server runs.</summary>
    /// <param name="http">The request.</param>
    /// <param name="source">The events.</param>
    public static IResult Send(HttpContext http, IAsyncEnumerable<SseItem<string>> source)
    {
        var services = http.RequestServices;
        var stopping = services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping;
        return TypedResults.ServerSentEvents(WithHeartbeats(source, services.GetRequiredService<TimeProvider>(), stopping, http.RequestAborted));
    }

    /// <summary>An event.</summary>
    /// <param name="type">Its type.</param>
    /// <param name="data">Its data.</param>
    /// <param name="position">What to go on from behind it; null if it is no place to go on from.</param>
    public static SseItem<string> Item<T>(string type, T data, long? position = null) =>
        new(JsonSerializer.Serialize(data, ApiJson.Options), type) { EventId = position?.ToString(CultureInfo.InvariantCulture) };

    /// <summary>The last event of a stream.</summary>
    /// <param name="status">Where the thing that was followed stands.</param>
    public static SseItem<string> End<TStatus>(TStatus status) => Item("end", new EndOfStream<TStatus>(status));

    /// <summary>The position to go on from.</summary>
    /// <param name="http">The request; its header counts, as a browser sends it when it connects again.</param>
    /// <param name="after">The position in the query, for the first time.</param>
    /// <exception cref="PoaException">The header is not a position.</exception>
    public static long PositionOf(HttpContext http, long after)
    {
        var text = http.Request.Headers[PositionHeader].ToString();
        return text.Length == 0 ? after : long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var position)
            ? position
            : throw new PoaException(ErrorCodes.InvalidArgument, $"{PositionHeader} is '{text}'.", "Send the id of an event of this stream, or leave it out.");
    }

    /// <summary>Fills silence. Ends without an error once the client or the server goes.</summary>
    internal static async IAsyncEnumerable<SseItem<string>> WithHeartbeats(
        IAsyncEnumerable<SseItem<string>> source, TimeProvider time, CancellationToken stopping, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, stopping);
        await using var items = source.GetAsyncEnumerator(ended.Token);
        Task<bool>? next = null;
        try
        {
            yield return Heartbeat();
            while (!ended.IsCancellationRequested)
            {
                next ??= NextAsync(items, ended.Token);
                if (!await CompletesAsync(next, time))
                {
                    yield return Heartbeat();
                    continue;
                }

                if (!await next)
                {
                    yield break;
                }

                next = null;
                yield return items.Current;
            }
        }
        finally
        {
            // An enumerator must not be disposed of while it moves.
            await ended.CancelAsync();
            if (next is not null)
            {
                await ((Task)next).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private static SseItem<string> Heartbeat() => new("{}", "heartbeat") { ReconnectionInterval = Reconnection };

    private static async Task<bool> NextAsync(IAsyncEnumerator<SseItem<string>> items, CancellationToken ended)
    {
        try
        {
            return await items.MoveNextAsync();
        }
        catch (OperationCanceledException) when (ended.IsCancellationRequested)
        {
            return false;
        }
    }

    private static async Task<bool> CompletesAsync(Task<bool> next, TimeProvider time)
    {
        using var silence = new CancellationTokenSource();
        var first = await Task.WhenAny(next, Task.Delay(HeartbeatInterval, time, silence.Token));
        await silence.CancelAsync();
        return first == next;
    }
}

/// <summary>The data of the last event of a stream.</summary>
/// <param name="Status">Where the thing that was followed stands.</param>
internal sealed record EndOfStream<TStatus>(TStatus Status);
