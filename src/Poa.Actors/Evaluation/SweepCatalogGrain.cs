using Orleans.Concurrency;

namespace Poa.Actors;

/// <summary>
/// The index of sweeps. Reentrant: what many sweeps put at once is stored together. The first version had no such index; sweeps of
/// that time are found once, through their runs.
/// </summary>
[Reentrant]
[GrainType("sweep-catalog"), ControlPlacementFilter]
internal sealed class SweepCatalogGrain : Grain, ISweepCatalogGrain
{
    private const int AtATime = 16;
    private readonly DurableIndex<SweepEntry> _sweeps;
    private readonly IPersistentState<SweepCatalogState> _state;
    private Task? _finding;

    /// <summary>Made by the runtime.</summary>
    public SweepCatalogGrain(
        IPersistentStateFactory states,
        IGrainContext context,
        [PersistentState("sweep-catalog", StorageNames.Provider)] IPersistentState<SweepCatalogState> state)
    {
        _sweeps = new DurableIndex<SweepEntry>(states, context, this, "sweeps", entry => entry.SweepId, entry => entry.Version);
        _state = state;
    }

    /// <inheritdoc/>
    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _sweeps.Load();
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task PutAsync(SweepEntry entry, CancellationToken cancellationToken = default) => _sweeps.PutAsync(entry);

    /// <inheritdoc/>
    public Task ShowAsync(SweepEntry entry, CancellationToken cancellationToken = default)
    {
        _sweeps.Show(entry);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public async Task<SweepPage> QueryAsync(SweepQuery query, CancellationToken cancellationToken = default)
    {
        if (!_state.State.IsComplete)
        {
            await FindOnceAsync();
        }

        return SweepEntries.Page(_sweeps.Entries, query);
    }

    /// <summary>Queries that come meanwhile wait for the same search; after a fault the next query tries again.</summary>
    private async Task FindOnceAsync()
    {
        var finding = _finding ??= FindAsync();
        try
        {
            await finding;
        }
        finally
        {
            _finding = null;
        }
    }

    private async Task FindAsync()
    {
        foreach (var runs in (await GrainFactory.Catalog().ListAsync(new CatalogQuery { Limit = int.MaxValue })).Chunk(AtATime))
        {
            var snapshots = await Task.WhenAll(runs.Select(run => GrainFactory.GetGrain<ITrainingRunGrain>(run.RunId).FindAsync()));
            foreach (var sweeps in snapshots.OfType<RunSnapshot>().SelectMany(run => run.Sweeps).Chunk(AtATime))
            {
                await Task.WhenAll(sweeps.Select(async id =>
                {
                    // A sweep is noted in its run before it is stored; one that never was is none.
                    if (await GrainFactory.GetGrain<IEvaluationSweepGrain>(id).FindAsync() is { } sweep)
                    {
                        await _sweeps.PutAsync(SweepEntries.Of(sweep));
                    }
                }));
            }
        }

        _state.State = new SweepCatalogState { IsComplete = true };
        await _state.WriteStateAsync();
    }
}

/// <summary>Stored beside the index of sweeps.</summary>
internal sealed record SweepCatalogState
{
    /// <summary>Sweeps from before the index have been looked for.</summary>
    public bool IsComplete { get; init; }
}
