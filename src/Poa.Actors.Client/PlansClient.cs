using Poa.Elastic;

namespace Poa.Actors.Client;

/// <summary>What to know before a run is started: its images, its cost.</summary>
public sealed class PlansClient
{
    private readonly PoaClient _client;

    internal PlansClient(PoaClient client) => _client = client;

    /// <summary>
    /// Has a worker look at images on its own machine: counts them and decodes a small sample. Answers within seconds, also while
    /// the device trains.
    /// </summary>
    /// <param name="data">Data specification, such as <c>folder:/data/photos</c> or <c>demo?split=train</c>.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="PoaException">
    /// The specification, or what it names, cannot be used, or there is no worker (<see cref="ErrorCodes.NoWorker"/>); the error says what to do.
    /// </exception>
    public Task<DataInspection> InspectDataAsync(string data, CancellationToken cancellationToken = default) => Calls.GuardAsync(async () =>
    {
        var standings = (await _client.QueueAsync(cancellationToken)).Shards;
        // Heard of last first: a worker that is gone stays in the books until the scheduler starts anew.
        foreach (var standing in standings.OrderByDescending(standing => standing.LastSeen))
        {
            try
            {
                return await _client.Cluster.GetGrain<IWorkerShardGrain>(standing.Shard).InspectDataAsync(data, cancellationToken);
            }
            catch (OrleansException)
            {
                // Its process is down: another one may see the same files.
            }
        }

        throw new PoaException(ErrorCodes.NoWorker, "No worker is up to look at the images.", "Start one with: poa up");
    });

    /// <summary>
    /// Has a worker measure a few training steps, as soon as a device is free; finds the measurement again if there is one for this
    /// configuration, data and software. Poll <see cref="GetCalibrationAsync"/> for the result.
    /// </summary>
    /// <param name="configuration">The configuration.</param>
    /// <param name="data">Data specification of the training images.</param>
    /// <param name="cancellationToken">Stops waiting, not the command.</param>
    public Task<CalibrationSnapshot> CalibrateAsync(PoaConfiguration configuration, string data, CancellationToken cancellationToken = default) =>
        Calls.GuardAsync(async () =>
        {
            var version = (await _client.InfoAsync(cancellationToken)).Version;
            var key = CalibrationKey.Of(configuration.Fingerprint, data, version);
            return await Grain(key).StartAsync(new CalibrationRequest(configuration.ToYaml(), data), cancellationToken);
        });

    /// <summary>A calibration as it stands.</summary>
    /// <param name="key">Its key, as <see cref="CalibrateAsync"/> gave it.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <exception cref="PoaException">None was started under this key.</exception>
    public Task<CalibrationSnapshot> GetCalibrationAsync(string key, CancellationToken cancellationToken = default) => Calls.GuardAsync(async () =>
        await Grain(key).FindAsync(cancellationToken) ?? throw new PoaException(
            ErrorCodes.CalibrationNotFound, $"There is no calibration {key}.", "Start one with: poa train --estimate"));

    /// <summary>Gives a calibration up unless it is done.</summary>
    /// <param name="key">Its key.</param>
    /// <param name="cancellationToken">Stops waiting, not the command.</param>
    /// <exception cref="PoaException">None was started under this key.</exception>
    public Task<CalibrationSnapshot> CancelCalibrationAsync(string key, CancellationToken cancellationToken = default) =>
        Calls.GuardAsync(() => Grain(key).CancelAsync(cancellationToken));

    private ICalibrationGrain Grain(string key) => _client.Cluster.GetGrain<ICalibrationGrain>(CalibrationKey.Validate(key));
}
