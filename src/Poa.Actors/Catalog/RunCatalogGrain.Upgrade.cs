using System.Collections.Immutable;
using Microsoft.Extensions.Logging;

namespace Poa.Actors;

/// <summary>
/// Takes over the entries of the first version, which kept all of them in one document and knew neither progress nor times. They
/// are listed as they are at once; then each run is asked for the rest, and at the end the old document is removed.
/// </summary>
internal sealed partial class RunCatalogGrain
{
    private const int AtATime = 16;
    private static readonly TimeSpan RetryPeriod = TimeSpan.FromSeconds(10);
    private IGrainTimer? _upgrade;

    /// <summary>Entries of the index, and those of the old document that are not in it yet.</summary>
    private IEnumerable<CatalogEntry> All => _oneDocument.State.Runs.IsEmpty
        ? _runs.Entries
        : _runs.Entries.Concat(_oneDocument.State.Runs.Values.Where(entry => _runs.FindStored(entry.RunId) is null));

    private void BeginUpgrade()
    {
        if (!_oneDocument.State.Runs.IsEmpty)
        {
            _upgrade = this.RegisterGrainTimer(UpgradeAsync, new GrainTimerCreationOptions
            {
                DueTime = TimeSpan.Zero,
                Period = RetryPeriod,
                Interleave = true,
                KeepAlive = true,
            });
        }
    }

    private async Task UpgradeAsync(CancellationToken cancellationToken)
    {
        try
        {
            foreach (var some in _oneDocument.State.Runs.Values.Where(entry => _runs.FindStored(entry.RunId) is null).Chunk(AtATime))
            {
                await Task.WhenAll(some.Select(async entry =>
                    await _runs.PutAsync(Completed(entry, await GrainFactory.GetGrain<ITrainingRunGrain>(entry.RunId).FindAsync(cancellationToken)))));
            }

            await _oneDocument.ClearStateAsync(cancellationToken);
            _oneDocument.State = new RunCatalogState();
            _upgrade?.Dispose();
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            LogUpgradeFailed(e);
        }
    }

    private static CatalogEntry Completed(CatalogEntry entry, RunSnapshot? run) => run is null ? entry : entry with
    {
        Progress = run.Progress,
        StartedAt = run.StartedAt,
        FinishedAt = run.FinishedAt,
        CheckpointCount = run.Checkpoints.Length,
        Error = run.Error,
    };

    [LoggerMessage(Level = LogLevel.Warning, Message = "The index of runs of an earlier version is not taken over yet; tried again")]
    private partial void LogUpgradeFailed(Exception exception);
}

/// <summary>Stored state of the index in the first version.</summary>
internal sealed record RunCatalogState
{
    /// <summary>Entries by run id.</summary>
    public ImmutableDictionary<string, CatalogEntry> Runs { get; init; } = ImmutableDictionary<string, CatalogEntry>.Empty;
}
