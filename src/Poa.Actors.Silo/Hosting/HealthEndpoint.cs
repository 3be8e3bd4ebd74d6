using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Poa.Actors.Silo;

/// <summary>
/// Tells an orchestrator how a silo is. <c>/health/live</c>: the process answers. <c>/health/ready</c>: the silo is an active member of
/// the cluster and does not leave it; 503 otherwise, with the reason.
/// </summary>
internal sealed class HealthEndpoint : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly IServiceProvider _silo;
    private volatile bool _draining;

    private HealthEndpoint(IPAddress address, int port, IServiceProvider silo)
    {
        _silo = silo;
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Listen(address, port);
        });
        builder.Services.AddRouting();
        builder.Services.AddSingleton<IHostLifetime, CallersLifetime>();
        _app = builder.Build();
        _app.UseRouting();
        _app.MapGet("/health/live", () => "live");
        _app.MapGet("/health/ready", Ready);
    }

    /// <summary>Where it listens.</summary>
    public int Port => new Uri(_app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First()).Port;

    /// <summary>Starts to answer, before the silo has joined.</summary>
    /// <param name="address">What to listen on.</param>
    /// <param name="port">The port; 0 for any free one.</param>
    /// <param name="silo">Services of the silo.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="PoaException">The port is taken.</exception>
    public static async Task<HealthEndpoint> StartAsync(IPAddress address, int port, IServiceProvider silo, CancellationToken cancellationToken)
    {
        var endpoint = new HealthEndpoint(address, port, silo);
        try
        {
            await endpoint._app.StartAsync(cancellationToken);
            return endpoint;
        }
        catch (IOException e) when (e.InnerException is AddressInUseException)
        {
            await endpoint.DisposeAsync();
            throw new PoaException(new WorkError(ErrorCodes.PortInUse, $"The health port {port} on {address} is taken.", "Choose another with --health-port."), e);
        }
    }

    /// <summary>From now on the silo is not ready: it leaves.</summary>
    public void Drain() => _draining = true;

    /// <inheritdoc/>
    public async ValueTask DisposeAsync() => await _app.DisposeAsync();

    private IResult Ready()
    {
        var status = _silo.GetRequiredService<ISiloStatusOracle>().CurrentStatus;
        return _draining
            ? Results.Text("draining", statusCode: StatusCodes.Status503ServiceUnavailable)
            : Results.Text(status.ToString().ToLowerInvariant(), statusCode: status == SiloStatus.Active ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable);
    }
}
