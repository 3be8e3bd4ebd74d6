using System.Collections.Concurrent;
using System.Globalization;
using Orleans.Storage;

namespace Poa.Actors.Tests;

/// <summary>
/// Grain storage that outlives silos, as a data base does (Orleans' memory storage dies with them). Uses the real serializer and
/// refuses stale writes.
/// </summary>
public sealed class SharedStorage : IGrainStorage
{
    private readonly ConcurrentDictionary<(string, GrainId), (BinaryData Payload, int Version)> _rows = new();
    private readonly GrainJson _json = new();

    /// <summary>How often the state of a grain was written.</summary>
    public int WritesOf(GrainId grain) => _rows.Where(row => row.Key.Item2 == grain).Sum(row => row.Value.Version);

    /// <summary>Puts state there as an earlier version of the program left it.</summary>
    public void Seed(string stateName, GrainId grain, string json) => _rows[(stateName, grain)] = (BinaryData.FromString(json), 1);

    /// <summary>True if the grain has state of this name.</summary>
    public bool Holds(string stateName, GrainId grain) => _rows.ContainsKey((stateName, grain));

    public Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        if (_rows.TryGetValue((stateName, grainId), out var row))
        {
            (grainState.State, grainState.ETag, grainState.RecordExists) = (_json.Deserialize<T>(row.Payload), Tag(row.Version), true);
        }

        return Task.CompletedTask;
    }

    public Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        var next = _json.Serialize(grainState.State);
        var stored = _rows.AddOrUpdate(
            (stateName, grainId),
            _ => grainState.ETag is null ? (next, 1) : throw Stale(grainState.ETag),
            (_, row) => grainState.ETag == Tag(row.Version) ? (next, row.Version + 1) : throw Stale(grainState.ETag));
        (grainState.ETag, grainState.RecordExists) = (Tag(stored.Version), true);
        return Task.CompletedTask;
    }

    public Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        _rows.TryRemove((stateName, grainId), out _);
        (grainState.ETag, grainState.RecordExists) = (null!, false);
        return Task.CompletedTask;
    }

    private static string Tag(int version) => version.ToString(CultureInfo.InvariantCulture);

    private static InconsistentStateException Stale(string? tag) => new($"A write with version '{tag}' is stale.");
}
