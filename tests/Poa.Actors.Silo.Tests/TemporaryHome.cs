using Microsoft.Extensions.DependencyInjection;
using Poa.Actors.Abstractions;
using Poa.Actors.Tests;

namespace Poa.Actors.Silo.Tests;

/// <summary>A data folder for one test, and hosts on it whose worker is a <see cref="FakeExecutor"/>.</summary>
public sealed class TemporaryHome : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("poa-home-").FullName;

    public void Dispose() => Directory.Delete(Path, recursive: true);

    public EmbeddedHostOptions Options(IWorkExecutor? executor = null) => new()
    {
        Home = Path,
        Devices = [],
        Actors = actors =>
        {
            actors.HeartbeatInterval = TimeSpan.FromMilliseconds(100);
            actors.TickInterval = TimeSpan.FromMilliseconds(100);
            actors.RetryDelay = TimeSpan.FromMilliseconds(20);
        },
        Configure = builder =>
        {
            if (executor is not null)
            {
                builder.Services.AddSingleton(executor);
            }
        },
    };

    public Task<EmbeddedHost> StartAsync(FakeExecutor executor) => EmbeddedHost.StartAsync(Options(executor));

    /// <summary>Stops without asking the worker to put anything down: what is on disk is what a killed host would leave.</summary>
    public static Task AbandonAsync(EmbeddedHost host) => host.StopAsync(new CancellationToken(canceled: true));
}
