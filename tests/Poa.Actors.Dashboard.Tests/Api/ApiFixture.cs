using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Poa.Actors.Abstractions;
using Poa.Actors.Client;
using Poa.Actors.Dashboard.Hosting;
using Poa.Actors.Tests;
using Poa.Elastic;
using Poa.Storage;

namespace Poa.Actors.Dashboard.Tests.Api;

/// <summary>
/// A dashboard on loopback over the test cluster, and one paused run with everything: a checkpoint, an extracted sub-network, figures
/// of 600 steps. Requests say who they are from by <see cref="RoleHeader"/>; nothing else of the security is replaced.
/// </summary>
public sealed class ApiFixture(ClusterFixture cluster) : IAsyncLifetime
{
    public const long Steps = 600;
    public const string Script = "<script>alert(1)</script>";
    public const string SubNetwork = "384x12";

    private readonly string home = Path.Combine(Path.GetTempPath(), $"poa-api-{Guid.NewGuid():N}");
    private IServiceProvider services = null!;
    private DashboardHost host = null!;

    public ClusterFixture Cluster => cluster;

    public LocalBlobStore Blobs { get; } = new(ClusterFixture.Blobs);

    public PoaClient Poa { get; private set; } = null!;

    /// <summary>The run with everything; its name is a script.</summary>
    public string Run { get; private set; } = null!;

    /// <summary>Content of the one file of its checkpoint 0.</summary>
    public byte[] Weights { get; } = [.. Enumerable.Range(0, 100_000).Select(i => (byte)(i * 31 / 7))];

    public string WeightsSha256 => Convert.ToHexStringLower(SHA256.HashData(Weights));

    public HttpClient Anonymous { get; private set; } = null!;

    public HttpClient Viewer { get; private set; } = null!;

    public HttpClient Operator { get; private set; } = null!;

    public HttpClient Admin { get; private set; } = null!;

    public IReadOnlyList<RouteEndpoint> Endpoints => [.. services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()];

    public Uri Address => host.Address;

    public async ValueTask InitializeAsync()
    {
        Poa = new PoaClient(cluster.Client);
        host = await DashboardHost.StartAsync(
            new DashboardOptions { Home = home, Port = 0 },
            Poa,
            builder =>
            {
                builder.Logging.ClearProviders();
                builder.Services.AddAuthentication(RoleHeader.Name).AddScheme<AuthenticationSchemeOptions, RoleHeader>(RoleHeader.Name, null);
                builder.Services.AddSingleton<IHostedService>(provider => new Capture(provider, found => services = found));
            });
        (Anonymous, Viewer, Operator, Admin) = (As(null), As("viewer"), As("operator"), As("admin"));
        Run = await RunWithEverythingAsync();
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var client in new[] { Anonymous, Viewer, Operator, Admin })
        {
            client.Dispose();
        }

        await host.DisposeAsync();
        await Poa.DisposeAsync();
        if (Directory.Exists(home))
        {
            Directory.Delete(home, recursive: true);
        }
    }

    /// <summary>The client of a role; null for nobody.</summary>
    public HttpClient As(string? role)
    {
        // Addresses are sent as they are written: tests try what a browser would tidy up.
        var client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false }) { BaseAddress = host.Address };
        if (role is not null)
        {
            client.DefaultRequestHeaders.Add(RoleHeader.Name, role);
        }

        return client;
    }

    /// <summary>A run that is paused, with a checkpoint 0 in the blob store.</summary>
    public async Task<string> PausedRunAsync(string name = "a test")
    {
        var specification = Specifications.Run() with { Name = name, ConfigurationYaml = PoaConfiguration.Load([]).ToYaml() };
        var run = cluster.Client.GetGrain<ITrainingRunGrain>(specification.RunId);
        await run.CreateAsync(specification);
        await run.StartAsync();
        var work = await cluster.Executor.TrainingAsync(specification.RunId);
        await new CheckpointStore(Blobs).PublishAsync(
            specification.RunId,
            0,
            [ArtifactContent.FromBytes("teacher.safetensors", Weights)],
            new CheckpointDescription { Configuration = new("f", specification.ConfigurationYaml), SoftwareVersion = "1" });
        await work.CheckpointAsync(0);
        await run.PauseAsync();
        await work.StopAsAskedAsync(await work.StopRequestedAsync());
        await run.UntilAsync(RunStatus.Paused);
        return specification.RunId;
    }

    /// <summary>Stores figures of steps; the loss of step 7 is not a number.</summary>
    public async Task WriteStepsAsync(string run, long from, long to)
    {
        var log = await MetricsLog.OpenAsync(Blobs, run, from);
        for (var i = from; i < to; i++)
        {
            var values = new Dictionary<string, double> { ["loss"] = i == 7 ? double.NaN : 1.5 + i, ["learning_rate"] = 0.001 };
            log.Append(i, Encoding.UTF8.GetBytes(new StepMetrics(i, SubNetwork, values.ToImmutableSortedDictionary()).ToLine()));
        }

        await log.FlushAsync();
    }

    private async Task<string> RunWithEverythingAsync()
    {
        var run = await PausedRunAsync(Script);
        await WriteStepsAsync(run, 0, Steps);
        var key = await Poa.Extractions.StartAsync(run, SubNetwork);
        var work = await cluster.Executor.NextAsync($"extraction {key}", lease => lease.WorkId == WorkId.Extraction(key));
        var manifest = await new SubNetworkStore(Blobs).PublishAsync(
            run, 0, SubNetwork, [ArtifactContent.FromBytes("model.safetensors", Weights)], new SubNetworkDescription { CheckpointHash = "c", SoftwareVersion = "1" });
        var prefix = $"runs/{run}/subnetworks/0000000000/{SubNetwork}/";
        await work.EndAsync(work.Reporter.CompletedAsync(new WorkCompletion
        {
            Model = new ExtractedModel(prefix, "m", [.. manifest.Files.Select(file => new PublishedFile(prefix + file.Name, file.Size, file.Sha256))]),
        }));
        await Poa.Extractions.WaitAsync(key);
        return run;
    }

    private sealed class Capture(IServiceProvider provider, Action<IServiceProvider> found) : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken)
        {
            found(provider);
            return Task.CompletedTask;
        }

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}

/// <summary>Tests of the API: they share a dashboard, and the one device of the cluster.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class ApiCollection : ICollectionFixture<ApiFixture>
{
    public const string Name = "api";
}
