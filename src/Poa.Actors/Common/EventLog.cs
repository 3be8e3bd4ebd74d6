using System.Collections.Immutable;

namespace Poa.Actors;

/// <summary>The newest events of a run or sweep, numbered without gaps.</summary>
/// <param name="Last">Sequence number of the newest event ever noted.</param>
/// <param name="Events">The newest events, oldest first.</param>
internal sealed record EventLog(long Last, ImmutableArray<RunEvent> Events)
{
    /// <summary>No events.</summary>
    public static EventLog Empty { get; } = new(0, []);

    /// <summary>Adds an event and drops the oldest beyond the limit.</summary>
    public EventLog Add(DateTimeOffset time, NoteLevel level, string message, int limit)
    {
        var events = Events.Add(new RunEvent(Last + 1, time, level, message));
        return new EventLog(Last + 1, events.Length > limit ? events[^limit..] : events);
    }

    /// <summary>Events after a position, oldest first.</summary>
    public ImmutableArray<RunEvent> After(long position) => [.. Events.Where(e => e.Sequence > position)];
}
