using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Poa.Actors.Client;

namespace Poa.Actors.Dashboard.Hosting;

/// <summary>The web application: pages and HTTP API over a <see cref="PoaClient"/>.</summary>
public sealed class DashboardHost : IAsyncDisposable
{
    private readonly WebApplication app;

    private DashboardHost(WebApplication app) => this.app = app;

    /// <summary>Where it listens, such as <c>http://127.0.0.1:5280</c>.</summary>
    public Uri Address => new(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());

    /// <summary>Starts the dashboard. When it returns, pages are served.</summary>
    /// <param name="options">Where and for whom.</param>
    /// <param name="client">Reads and commands go through it; stays the caller's.</param>
    /// <param name="configure">Adds logging and services of the caller.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static async Task<DashboardHost> StartAsync(
        DashboardOptions options, PoaClient client, Action<IHostApplicationBuilder>? configure = null, CancellationToken cancellationToken = default)
    {
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions
        {
            ApplicationName = typeof(DashboardHost).Assembly.GetName().Name,
            ContentRootPath = AppContext.BaseDirectory,
            WebRootPath = Path.Combine(AppContext.BaseDirectory, "wwwroot"),
            EnvironmentName = Environments.Production,
        });
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(options.Address, options.Port));
        builder.Services.AddSingleton(options);
        builder.Services.AddSingleton(client);
        builder.Services.AddDashboardPages();
        configure?.Invoke(builder);
        var app = builder.Build();
        app.UseDashboardPages();
        await app.StartAsync(cancellationToken);
        return new DashboardHost(app);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await app.StopAsync();
        await app.DisposeAsync();
    }
}
