namespace Poa.Actors;

/// <summary>Keeps the sweep's entry in the index up to date: stored when its status changes, and now and then while it runs.</summary>
internal sealed partial class EvaluationSweepGrain
{
    private long _listedVersion;
    private SweepStatus? _listedStatus;
    private long _listedAt;
    private long? _shownAt;

    private async Task PutInCatalogAsync()
    {
        var entry = SweepEntries.Of(Snapshot());
        await GrainFactory.SweepCatalog().PutAsync(entry);
        (_listedVersion, _listedStatus, _listedAt) = (entry.Version, entry.Status, time.GetTimestamp());
    }

    /// <summary>Makes good what a crash cut short, and stores the counts of a sweep that runs at the pace of progress.</summary>
    private async Task KeepListedAsync()
    {
        if (_listedStatus != _books.Stored.Status ||
            (_listedVersion != _books.Stored.Version && time.GetElapsedTime(_listedAt) >= _options.ProgressSaveInterval))
        {
            await PutInCatalogAsync();
        }
    }

    /// <summary>Has the index show the newest counts and progress; they are not stored there, and a message that is lost does not matter.</summary>
    private void ShowInCatalog()
    {
        if (_shownAt is not { } shown || time.GetElapsedTime(shown) >= _options.ShowInterval)
        {
            _shownAt = time.GetTimestamp();
            GrainFactory.SweepCatalog().ShowAsync(SweepEntries.Of(Snapshot())).Ignore();
        }
    }
}
