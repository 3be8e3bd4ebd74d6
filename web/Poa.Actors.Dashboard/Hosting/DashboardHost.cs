using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Poa.Actors.Client;

namespace Poa.Actors.Dashboard.Hosting;

/// <summary>The web application: pages and HTTP API over a <see cref="PoaClient"/>.</summary>
public sealed class DashboardHost : IAsyncDisposable
{
    private const int PortsToTry = 50;
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(2);
    private readonly WebApplication app;

    private DashboardHost(WebApplication app) => this.app = app;

    /// <summary>Where it listens, such as <c>http://127.0.0.1:5280</c>.</summary>
    public Uri Address => new(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());

    /// <summary>Services of the web application.</summary>
    internal IServiceProvider Services => app.Services;

    /// <summary>Starts the dashboard. When it returns, pages are served.</summary>
    /// <param name="options">Where and for whom.</param>
    /// <param name="client">Reads and commands go through it; stays the caller's.</param>
    /// <param name="configure">Adds logging and services of the caller.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="PoaException">
    /// It would be open to strangers (<see cref="Security.SecurityErrors.UnsafeHosting"/>), the port is taken, or certificate, secret or
    /// folder cannot be used.
    /// </exception>
    public static async Task<DashboardHost> StartAsync(
        DashboardOptions options, PoaClient client, Action<IHostApplicationBuilder>? configure = null, CancellationToken cancellationToken = default)
    {
        options.Check();
        var home = options with { Home = Path.GetFullPath(options.Home) };
        for (var (port, tries) = (options.Port, 1); ; port++, tries++)
        {
            var isLast = !options.IsPortNegotiable || tries >= PortsToTry || port is 0 or >= IPEndPoint.MaxPort;
            if (!isLast && !IsFree(options.Address, port))
            {
                continue;
            }

            var app = Build(home with { Port = port }, client, configure);
            try
            {
                await app.StartAsync(cancellationToken);
                return new DashboardHost(app);
            }
            catch (Exception e)
            {
                await app.DisposeAsync();
                if (!IsTaken(e))
                {
                    throw Translate(e, options) ?? e;
                }

                if (isLast)
                {
                    throw new PoaException(
                        new WorkError(ErrorCodes.PortInUse, $"Port {port} of {options.Address} is taken by another process.", "Choose another with --dashboard-port, or leave it out for the next free one."), e);
                }
            }
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        // Open pages hold their connections for as long as they can: they are not waited for.
        using var limit = new CancellationTokenSource(StopLimit);
        await app.StopAsync(limit.Token);
        await app.DisposeAsync();
    }

    private static WebApplication Build(DashboardOptions options, PoaClient client, Action<IHostApplicationBuilder>? configure)
    {
        var certificate = Certificates.Load(options);
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions
        {
            ApplicationName = typeof(DashboardHost).Assembly.GetName().Name,
            ContentRootPath = AppContext.BaseDirectory,
            WebRootPath = Path.Combine(AppContext.BaseDirectory, "wwwroot"),
            EnvironmentName = Environments.Production,
        });
        builder.WebHost.UseKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = DashboardOptions.MaxRequestBody;
            kestrel.Listen(options.Address, options.Port, listen =>
            {
                if (certificate is not null)
                {
                    listen.UseHttps(certificate);
                }
            });
        });
        builder.Services.AddRouting();
        builder.Services.AddSingleton(options);
        builder.Services.AddSingleton(client);
        builder.AddDashboardLogging();
        builder.Services.AddDashboardPages(options);
        builder.AddOrleansPages(client);
        configure?.Invoke(builder);
        var app = builder.Build();
        app.UseDashboardPages(options);
        return app;
    }

    /// <summary>A quick look; somebody else may still be faster.</summary>
    private static bool IsFree(IPAddress address, int port)
    {
        using var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Bind(new IPEndPoint(address, port));
            socket.Listen();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private static bool IsTaken(Exception e) =>
        e is AddressInUseException || e.InnerException is AddressInUseException or SocketException { SocketErrorCode: SocketError.AddressAlreadyInUse };

    private static PoaException? Translate(Exception e, DashboardOptions options) =>
        (e as SocketException ?? e.InnerException as SocketException) is { } socket
            ? new PoaException(new WorkError(ErrorCodes.InvalidArgument, $"The dashboard cannot listen on {options.Address}:{options.Port}: {socket.Message}", "Choose an address of this machine, and a port above 1023."), e)
            : null;
}
