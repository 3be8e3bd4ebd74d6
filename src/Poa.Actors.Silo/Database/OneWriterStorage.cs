using Microsoft.Extensions.DependencyInjection;
using Orleans.Storage;

namespace Poa.Actors.Silo;

/// <summary>
/// Grain storage whose writes queue up in this process. SQLite takes one writer at a time, and one that finds the file locked sleeps for
/// 150 ms before it looks again (Microsoft.Data.Sqlite), holding its thread: many grains that write at once would mostly sleep.
/// </summary>
internal sealed class OneWriterStorage(IGrainStorage storage) : IGrainStorage, IDisposable
{
    private readonly SemaphoreSlim _writer = new(1, 1);

    /// <inheritdoc/>
    public Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) => storage.ReadStateAsync(stateName, grainId, grainState);

    /// <inheritdoc/>
    public Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) =>
        InTurnAsync(() => storage.WriteStateAsync(stateName, grainId, grainState));

    /// <inheritdoc/>
    public Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) =>
        InTurnAsync(() => storage.ClearStateAsync(stateName, grainId, grainState));

    /// <inheritdoc/>
    public void Dispose() => _writer.Dispose();

    private async Task InTurnAsync(Func<Task> write)
    {
        await _writer.WaitAsync();
        try
        {
            await write();
        }
        finally
        {
            _writer.Release();
        }
    }
}

/// <summary>Adds grain storage in SQLite.</summary>
internal static class SqliteStorageExtensions
{
    private const string Inner = StorageNames.Provider + "-sqlite";

    /// <summary>Keeps grain state in a SQLite file, with one writer at a time.</summary>
    /// <param name="silo">The silo.</param>
    /// <param name="connectionString">How to open the file.</param>
    public static ISiloBuilder AddSqliteGrainStorage(this ISiloBuilder silo, string connectionString)
    {
        silo.Services.AddKeyedSingleton(Inner, (services, _) => services.GetRequiredKeyedService<IGrainStorageSerializer>(StorageNames.Provider));
        silo.AddAdoNetGrainStorage(Inner, storage => (storage.Invariant, storage.ConnectionString) = (SqliteDatabase.Invariant, connectionString));
        silo.Services.AddKeyedSingleton<IGrainStorage>(
            StorageNames.Provider, (services, _) => new OneWriterStorage(services.GetRequiredKeyedService<IGrainStorage>(Inner)));
        return silo;
    }
}
