using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Poa.Actors.Abstractions;
using Poa.Actors.Dashboard.Live;
using Poa.Actors.Tests;
using Poa.Storage;

namespace Poa.Actors.Dashboard.Tests.Live;

/// <summary>A run in the hands of a test: it takes steps, writes events and breaks when it is told to.</summary>
internal sealed class FakeRun : IRunSource
{
    private readonly Lock gate = new();
    private readonly List<Channel<RunUpdate>> watches = [];
    private readonly List<double> losses = [];
    private RunSnapshot snapshot = new()
    {
        Specification = Specifications.Run("fake"),
        Status = RunStatus.Running,
        CreatedAt = DateTimeOffset.UnixEpoch,
    };

    private bool isDown;

    /// <summary>How often the state was read.</summary>
    public int Gets { get; private set; }

    /// <summary>Watches that were begun, with the positions they began at.</summary>
    public List<long> Watches { get; } = [];

    /// <summary>First iterations of the reads of figures.</summary>
    public List<long> Reads { get; } = [];

    /// <summary>How often sample counts were read.</summary>
    public int CountReads { get; private set; }

    /// <summary>Watches that nobody has left yet.</summary>
    public int OpenWatches { get; private set; }

    /// <summary>Takes steps with the given losses.</summary>
    public void Step(params double[] values)
    {
        lock (gate)
        {
            losses.AddRange(values);
        }
    }

    /// <summary>Forgets the steps from an iteration on, as a resumed run does before it takes them again.</summary>
    public void Rewind(int iteration)
    {
        lock (gate)
        {
            losses.RemoveRange(iteration, losses.Count - iteration);
        }
    }

    /// <summary>Writes an event and tells those who watch.</summary>
    public void Say(string message, RunStatus? status = null) => Change(
        s => s with
        {
            Status = status ?? s.Status,
            Events = s.Events.Add(new RunEvent(s.Events.Length + 1, DateTimeOffset.UnixEpoch, NoteLevel.Information, message)),
        });

    /// <summary>Reports progress.</summary>
    public void Progress(long done, string phase = "training") => Change(s => s with { Progress = new WorkProgress { Done = done, Total = 1000, Phase = phase } });

    /// <summary>Is taken back to an iteration, from which no worker goes on yet.</summary>
    public void RollBack(long to) => Change(s => s with
    {
        Progress = new WorkProgress { Done = to, Total = 1000, Phase = "rolled back" },
        Rollbacks = s.Rollbacks.Add(new RunRollback(DateTimeOffset.UnixEpoch, losses.Count, to, "a test", 0.5)),
        Events = s.Events.Add(new RunEvent(s.Events.Length + 1, DateTimeOffset.UnixEpoch, NoteLevel.Warning, "rolled back")),
    });

    /// <summary>Breaks every watch, and refuses every call until <see cref="Up"/>.</summary>
    public void Down()
    {
        lock (gate)
        {
            isDown = true;
            watches.ForEach(watch => watch.Writer.TryComplete(Gone()));
            watches.Clear();
        }
    }

    public void Up()
    {
        lock (gate)
        {
            isDown = false;
        }
    }

    public Task<RunSnapshot> GetAsync(string run, CancellationToken cancellationToken)
    {
        lock (gate)
        {
            Gets++;
            return isDown ? Task.FromException<RunSnapshot>(Gone()) : Task.FromResult(snapshot);
        }
    }

    public async IAsyncEnumerable<RunUpdate> WatchAsync(string run, long afterPosition, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var channel = Channel.CreateUnbounded<RunUpdate>();
        lock (gate)
        {
            if (isDown)
            {
                throw Gone();
            }

            Watches.Add(afterPosition);
            OpenWatches++;
            watches.Add(channel);
            channel.Writer.TryWrite(UpdateAfter(afterPosition));
            CloseIfStill(channel);
        }

        try
        {
            await foreach (var update in channel.Reader.ReadAllAsync(cancellationToken))
            {
                yield return update;
            }
        }
        finally
        {
            lock (gate)
            {
                OpenWatches--;
            }
        }
    }

    public Task<MetricsSeries> SeriesAsync(string run, long from, int maxPoints, CancellationToken cancellationToken)
    {
        lock (gate)
        {
            if (isDown)
            {
                return Task.FromException<MetricsSeries>(Gone());
            }

            Reads.Add(from);
            var rest = losses.Skip((int)from).Take((int)Math.Max(0, losses.Count - from)).ToArray();
            var size = Math.Max(1, (rest.Length + maxPoints - 1) / maxPoints);
            var chunks = rest.Chunk(size).ToArray();
            return Task.FromResult(new MetricsSeries(
                [.. chunks.Select((_, i) => from + (i * (long)size))],
                [.. chunks.Select(chunk => chunk.Length)],
                new Dictionary<string, MetricsColumn>
                {
                    ["loss"] = new(
                        [.. chunks.Select(chunk => chunk.Average())],
                        [.. chunks.Select(chunk => chunk.Min())],
                        [.. chunks.Select(chunk => chunk.Max())],
                        [.. chunks.Select(_ => 0)]),
                },
                Math.Max(from, losses.Count)));
        }
    }

    public Task<IReadOnlyDictionary<string, long>> SampleCountsAsync(string run, CancellationToken cancellationToken)
    {
        lock (gate)
        {
            CountReads++;
            return Task.FromResult<IReadOnlyDictionary<string, long>>(new Dictionary<string, long> { ["48x2"] = losses.Count });
        }
    }

    public Task<IReadOnlyList<ShardStanding>> ShardsAsync(CancellationToken cancellationToken) => Task.FromResult<IReadOnlyList<ShardStanding>>([]);

    private static PoaException Gone() => new(ErrorCodes.HostUnreachable, "The host does not answer.", "Start it.");

    private void Change(Func<RunSnapshot, RunSnapshot> change)
    {
        lock (gate)
        {
            var position = Position;
            snapshot = change(snapshot);
            foreach (var watch in watches.ToArray())
            {
                watch.Writer.TryWrite(UpdateAfter(position));
                CloseIfStill(watch);
            }
        }
    }

    private long Position => snapshot.Events.IsEmpty ? 0 : snapshot.Events[^1].Sequence;

    private RunUpdate UpdateAfter(long position) =>
        new(Position, snapshot.Status, snapshot.Progress, [.. snapshot.Events.Where(e => e.Sequence > position)], snapshot.Error);

    private void CloseIfStill(Channel<RunUpdate> watch)
    {
        if (!snapshot.Status.IsActive())
        {
            watch.Writer.TryComplete();
            watches.Remove(watch);
        }
    }
}
