using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans.Configuration;
using Orleans.Messaging;
using Poa.Actors.Database;
using Poa.Storage;

namespace Poa.Actors.Client;

/// <summary>
/// Starts and follows runs, evaluates them, reads results and downloads sub-networks. Safe to use from several threads. Whatever
/// goes wrong comes as a <see cref="PoaException"/> with a code, a message and a remedy.
/// </summary>
public sealed class PoaClient : IAsyncDisposable
{
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(15);

    // A connection that stands takes a fraction of it.
    private static readonly TimeSpan Suspicious = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan RefreshPeriod = TimeSpan.FromSeconds(1);
    private readonly IHost? _host;
    private readonly SemaphoreSlim _opening = new(1, 1);
    private IBlobStore? _blobs;

    /// <summary>A client over a cluster client that the caller owns.</summary>
    /// <param name="cluster">A connected cluster client.</param>
    /// <param name="time">The clock; the system's if null.</param>
    public PoaClient(IClusterClient cluster, TimeProvider? time = null)
        : this(cluster, host: null, time)
    {
    }

    private PoaClient(IClusterClient cluster, IHost? host, TimeProvider? time)
    {
        Cluster = cluster;
        _host = host;
        Time = time ?? TimeProvider.System;
        Runs = new RunsClient(this);
        Sweeps = new SweepsClient(this);
        Searches = new SearchesClient(this);
        Ablations = new AblationsClient(this);
        Results = new ResultsClient(this);
        Pictures = new PicturesClient(this);
        Extractions = new ExtractionsClient(this);
        Downloads = new DownloadsClient(this);
        Plans = new PlansClient(this);
        Weights = new WeightsClient(this);
        Workers = new WorkersClient(this);
        Audit = new AuditClient(this);
    }

    /// <summary>Pre-training runs.</summary>
    public RunsClient Runs { get; }

    /// <summary>Evaluations of sub-networks.</summary>
    public SweepsClient Sweeps { get; }

    /// <summary>Searches for the best sub-network within a budget.</summary>
    public SearchesClient Searches { get; }

    /// <summary>Ablations: rows of configurations, trained with several seeds and measured.</summary>
    public AblationsClient Ablations { get; }

    /// <summary>Stored results.</summary>
    public ResultsClient Results { get; }

    /// <summary>Pictures of stored results.</summary>
    public PicturesClient Pictures { get; }

    /// <summary>Extraction of sub-networks.</summary>
    public ExtractionsClient Extractions { get; }

    /// <summary>Files of extracted sub-networks.</summary>
    public DownloadsClient Downloads { get; }

    /// <summary>What to know before a run is started.</summary>
    public PlansClient Plans { get; }

    /// <summary>Published weights that runs start from.</summary>
    public WeightsClient Weights { get; }

    /// <summary>Worker shards.</summary>
    public WorkersClient Workers { get; }

    /// <summary>The audit log.</summary>
    public AuditClient Audit { get; }

    /// <summary>The cluster client beneath, for tools of Orleans itself.</summary>
    public IClusterClient Cluster { get; }

    internal TimeProvider Time { get; }

    /// <summary>
    /// Connects to the host that serves a data folder on this machine (<c>poa up</c>, or a command that is running). Finds it again
    /// after it was stopped or killed and started anew; calls made in between fail with <see cref="ErrorCodes.HostUnreachable"/>.
    /// </summary>
    /// <param name="home">The data folder.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="PoaException">No host serves it, or it does not answer (<see cref="ErrorCodes.HostUnreachable"/>).</exception>
    public static async Task<PoaClient> ConnectAsync(string home, CancellationToken cancellationToken = default)
    {
        var file = HostFile.TryRead(home) ?? throw new PoaException(
            ErrorCodes.HostUnreachable, $"No host serves the data folder {home}.", $"Start one with: poa up --home {home}");
        try
        {
            return await StartAsync(
                client =>
                {
                    client.Configure<ClusterOptions>(cluster => (cluster.ServiceId, cluster.ClusterId) = (file.ServiceId, file.ClusterId));
                    client.Services.AddSingleton<IGatewayListProvider>(new HostFileGateways(home));
                },
                ConnectTimeout,
                cancellationToken);
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new PoaException(
                new WorkError(
                    ErrorCodes.HostUnreachable,
                    $"The host of {home} (process {file.ProcessId}, port {file.GatewayPort}) does not answer.",
                    $"If it was killed, start it again with: poa up --home {home}"),
                e);
        }
    }

    /// <summary>
    /// Connects to a cluster through its membership, by any of the silos that take clients. Calls that a dying silo swallowed are made
    /// again, for up to <see cref="RetryFilter.Patience"/>; afterwards they fail with <see cref="ErrorCodes.HostUnreachable"/>.
    /// </summary>
    /// <param name="cluster">Where it is, such as <see cref="ClusterAddress.FromEnvironment"/>.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="PoaException">
    /// The data base cannot be reached, refuses the user or lacks the tables, no silo answers (<see cref="ErrorCodes.HostUnreachable"/>), or
    /// certificates do not fit (<see cref="ErrorCodes.TlsFailed"/>).
    /// </exception>
    public static Task<PoaClient> ConnectAsync(ClusterAddress cluster, CancellationToken cancellationToken = default) =>
        ConnectAsync(cluster, ConnectTimeout, cancellationToken);

    /// <summary>As the other overload, with a limit on the wait for a silo.</summary>
    internal static async Task<PoaClient> ConnectAsync(ClusterAddress cluster, TimeSpan timeout, CancellationToken cancellationToken)
    {
        await new PostgresDatabase(cluster).CheckAsync(cancellationToken);
        using var hopeless = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var connecting = StartAsync(
            client =>
            {
                client.Configure<ClusterOptions>(options => (options.ServiceId, options.ClusterId) = (cluster.ServiceId, cluster.ClusterId));
                client.UseAdoNetClustering(options => (options.Invariant, options.ConnectionString) = (PostgresDatabase.Invariant, cluster.ConnectionString));
                client.Configure<ClientMessagingOptions>(options => options.ResponseTimeout = RetryFilter.AttemptTimeout);
                client.AddOutgoingGrainCallFilter<RetryFilter>();
                if (cluster.Tls is { } tls)
                {
                    client.UseTls(tls.Apply);
                }
            },
            timeout,
            hopeless.Token);
        var diagnosis = DiagnoseAsync(connecting, cluster, hopeless);
        try
        {
            return await connecting;
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            throw DatabaseFaults.Translate(e, cluster) ?? new PoaException(
                await diagnosis ?? new WorkError(ErrorCodes.HostUnreachable, $"No control silo of the {cluster} answers.", "Start one with: poa silo --role control", Retryable: true), e);
        }
        finally
        {
            await hopeless.CancelAsync();
            await ((Task)diagnosis).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Looks at TLS when a connection takes long, and ends the attempt if that is why: it would be tried in vain until the time is up.</summary>
    private static async Task<WorkError?> DiagnoseAsync(Task connecting, ClusterAddress cluster, CancellationTokenSource hopeless)
    {
        await Task.WhenAny(connecting, Task.Delay(Suspicious, hopeless.Token));
        if (connecting.IsCompletedSuccessfully)
        {
            return null;
        }

        var fault = await TlsDiagnosis.FindAsync(cluster, hopeless.Token);
        if (fault is not null)
        {
            await hopeless.CancelAsync();
        }

        return fault;
    }

    private static async Task<PoaClient> StartAsync(Action<IClientBuilder> configure, TimeSpan timeout, CancellationToken cancellationToken)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Logging.SetMinimumLevel(LogLevel.Error);
        builder.UseOrleansClient(client =>
        {
            client.Configure<GatewayOptions>(gateways => gateways.GatewayListRefreshPeriod = RefreshPeriod);
            client.Configure<ClientMessagingOptions>(options => options.CancelRequestOnTimeout = true);
            client.AddActivityPropagation();
            configure(client);
        });
        var host = builder.Build();
        try
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            limit.CancelAfter(timeout);
            await host.StartAsync(limit.Token);
            return new PoaClient(host.Services.GetRequiredService<IClusterClient>(), host, time: null);
        }
        catch
        {
            await DisposeAsync(host);
            throw;
        }
    }

    /// <summary>Where the cluster keeps things.</summary>
    /// <param name="cancellationToken">Stops waiting.</param>
    public Task<ClusterInfo> InfoAsync(CancellationToken cancellationToken = default) =>
        Calls.GuardAsync(() => Cluster.GetGrain<IClusterInfoGrain>(0).GetAsync(cancellationToken));

    /// <summary>The active silos, by name.</summary>
    /// <param name="cancellationToken">Stops waiting.</param>
    public async Task<IReadOnlyList<SiloStanding>> SilosAsync(CancellationToken cancellationToken = default) =>
        await Calls.GuardAsync(() => Cluster.GetGrain<IClusterInfoGrain>(0).GetSilosAsync(cancellationToken));

    /// <summary>Queue, leases and devices as they stand.</summary>
    /// <param name="cancellationToken">Stops waiting.</param>
    public Task<SchedulerSnapshot> QueueAsync(CancellationToken cancellationToken = default) =>
        Calls.GuardAsync(() => Cluster.GetGrain<ISchedulerGrain>(0).GetSnapshotAsync(cancellationToken));

    /// <summary>The blob store that the cluster keeps weights and metrics in.</summary>
    /// <param name="cancellationToken">Stops waiting.</param>
    public async Task<IBlobStore> BlobsAsync(CancellationToken cancellationToken = default)
    {
        await _opening.WaitAsync(cancellationToken);
        try
        {
            return _blobs ??= await Calls.GuardAsync(async () => BlobStoreFactory.Open((await InfoAsync(cancellationToken)).BlobStore, SecretVariables.Read));
        }
        finally
        {
            _opening.Release();
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _opening.Dispose();
        if (_host is not null)
        {
            await _host.StopAsync();
            await DisposeAsync(_host);
        }
    }

    private static async Task DisposeAsync(IHost host)
    {
        if (host is IAsyncDisposable disposable)
        {
            await disposable.DisposeAsync();
        }
        else
        {
            host.Dispose();
        }
    }
}
