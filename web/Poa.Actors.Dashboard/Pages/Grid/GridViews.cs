using Microsoft.Extensions.Caching.Memory;
using Poa.Actors.Client;

namespace Poa.Actors.Dashboard.Pages.Grid;

/// <summary>
/// Reads grids for all pages that show them: pages that look at the same one share what is read, and get the same object as long as
/// nothing has changed. Safe to use from several threads.
/// </summary>
/// <param name="poa">Where they are read.</param>
/// <param name="time">The clock.</param>
public sealed class GridViews(PoaClient poa, TimeProvider time) : IDisposable
{
    /// <summary>A view this old is handed out again without a look.</summary>
    public static readonly TimeSpan Freshness = TimeSpan.FromMilliseconds(500);

    private static readonly TimeSpan WhileRunning = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Otherwise = TimeSpan.FromSeconds(2);
    private const int MaxEntries = 200;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);
    private readonly MemoryCache entries = new(new MemoryCacheOptions { SizeLimit = MaxEntries });
    private readonly Lock gate = new();

    /// <summary>The grid of a run at a checkpoint.</summary>
    /// <param name="run">Run id.</param>
    /// <param name="iteration">Iteration of the checkpoint; null for the newest that was evaluated, or the newest if none was.</param>
    /// <param name="cancellationToken">Stops waiting, not the reading: others may wait for it.</param>
    /// <exception cref="PoaException">No such run or checkpoint.</exception>
    public Task<GridView> GetAsync(string run, long? iteration, CancellationToken cancellationToken = default)
    {
        lock (gate)
        {
            var entry = entries.Get<Entry>((run, iteration));
            if (entry is null || (entry.Reading.IsCompleted && (entry.IsStale || time.GetElapsedTime(entry.Started) >= Freshness)))
            {
                var known = entry is { Reading.IsCompletedSuccessfully: true } ? entry.Reading.Result : null;
                entry = new Entry(poa.Results.ViewAsync(run, iteration, known, CancellationToken.None), time.GetTimestamp());
                entries.Set((run, iteration), entry, new MemoryCacheEntryOptions { Size = 1, SlidingExpiration = Patience });
            }

            return entry.Reading.WaitAsync(cancellationToken);
        }
    }

    /// <summary>Returns when there is something to show that a page does not show yet, or when it cannot be read.</summary>
    /// <param name="run">Run id.</param>
    /// <param name="iteration">As in <see cref="GetAsync"/>.</param>
    /// <param name="shown">What the page shows; null if it shows an error: it then tries again after a while.</param>
    /// <param name="cancellationToken">The page was left.</param>
    public async Task ChangeAsync(string run, long? iteration, GridView? shown, CancellationToken cancellationToken)
    {
        GridView? view;
        do
        {
            await Task.Delay(shown is { Running.IsEmpty: false } ? WhileRunning : Otherwise, time, cancellationToken);
            try
            {
                view = shown is null ? null : await GetAsync(run, iteration, cancellationToken);
            }
            catch (PoaException)
            {
                return; // the page meets it too, and tells
            }
        }
        while (view is not null && ReferenceEquals(view, shown));
    }

    /// <summary>Something was changed: the next reader is to see it.</summary>
    /// <param name="run">Run id.</param>
    /// <param name="iteration">As in <see cref="GetAsync"/>.</param>
    public void Changed(string run, long? iteration)
    {
        lock (gate)
        {
            // A reading under way may have begun before the change: what it brings is not to be reused.
            if (entries.Get<Entry>((run, iteration)) is { } entry)
            {
                entry.IsStale = true;
                if (!entry.Reading.IsCompleted)
                {
                    entries.Remove((run, iteration));
                }
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => entries.Dispose();

    private sealed class Entry(Task<GridView> reading, long started)
    {
        public Task<GridView> Reading { get; } = reading;

        public long Started { get; } = started;

        public bool IsStale { get; set; }
    }
}
