using Poa.Actors.Client;

namespace Poa.Actors.Dashboard.Live;

/// <summary>The feeds of all runs that somebody looks at; one of each. Safe to use from several threads.</summary>
internal sealed class RunFeeds : IAsyncDisposable
{
    /// <summary>How long a feed goes on after its last subscriber has left: a page that is loaded again finds it warm.</summary>
    public static readonly TimeSpan Linger = TimeSpan.FromSeconds(10);

    private readonly IRunSource source;
    private readonly TimeProvider time;
    private readonly ILogger<RunFeed> logger;
    private readonly Lock gate = new();
    private readonly Dictionary<string, Entry> entries = [];

    /// <summary>Feeds that read through a client.</summary>
    /// <param name="poa">The client.</param>
    /// <param name="time">The clock.</param>
    /// <param name="loggers">Where breaks are told.</param>
    public RunFeeds(PoaClient poa, TimeProvider time, ILoggerFactory loggers)
        : this(new ClientRunSource(poa), time, loggers)
    {
    }

    internal RunFeeds(IRunSource source, TimeProvider time, ILoggerFactory loggers) =>
        (this.source, this.time, logger) = (source, time, loggers.CreateLogger<RunFeed>());

    /// <summary>Runs that are followed at the moment.</summary>
    public int Count
    {
        get
        {
            lock (gate)
            {
                return entries.Count;
            }
        }
    }

    /// <summary>Takes part in the feed of a run, which is started if there is none.</summary>
    /// <param name="run">Run id.</param>
    /// <exception cref="PoaException">It is no run id.</exception>
    public RunSubscription Subscribe(string run)
    {
        RunId.Validate(run);
        lock (gate)
        {
            if (!entries.TryGetValue(run, out var entry))
            {
                entries[run] = entry = new Entry(new RunFeed(run, source, time, logger));
                entry.Feed.Start();
            }

            entry.Subscribers++;
            entry.End?.Dispose();
            entry.End = null;
            return new RunSubscription(entry.Feed, time, () => Leave(run, entry));
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        Entry[] all;
        lock (gate)
        {
            all = [.. entries.Values];
            entries.Clear();
        }

        foreach (var entry in all)
        {
            entry.End?.Dispose();
            await entry.Feed.DisposeAsync();
        }
    }

    private void Leave(string run, Entry entry)
    {
        lock (gate)
        {
            if (--entry.Subscribers == 0)
            {
                entry.End = time.CreateTimer(_ => End(run, entry), null, Linger, Timeout.InfiniteTimeSpan);
            }
        }
    }

    private void End(string run, Entry entry)
    {
        lock (gate)
        {
            // Somebody may have come while the timer fired.
            if (entry.Subscribers > 0 || !entries.Remove(run))
            {
                return;
            }

            entry.End?.Dispose();
        }

        // Nobody waits for its end, and it cannot fail: the loops end with their token.
        _ = entry.Feed.DisposeAsync().AsTask();
    }

    private sealed class Entry(RunFeed feed)
    {
        public RunFeed Feed { get; } = feed;

        public int Subscribers { get; set; }

        public ITimer? End { get; set; }
    }
}
