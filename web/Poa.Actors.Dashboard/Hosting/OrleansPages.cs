using Orleans.Dashboard;
using Poa.Actors.Client;
using Poa.Actors.Dashboard.Security;

namespace Poa.Actors.Dashboard.Hosting;

/// <summary>Orleans' own dashboard: grains, calls and silos in detail. For admins.</summary>
internal static class OrleansPages
{
    /// <summary>Where it is.</summary>
    public const string Path = "/orleans";

    /// <summary>Registers its services.</summary>
    public static void AddOrleansPages(this IHostApplicationBuilder builder, PoaClient client)
    {
        builder.Services.AddSingleton(client.Cluster);
        builder.Services.AddSingleton<IGrainFactory>(client.Cluster);
        new ServicesOnly(builder.Services, builder.Configuration).AddDashboard(orleans => orleans.HideTrace = true);
    }

    /// <summary>Adds its routes.</summary>
    public static void MapOrleansPages(this WebApplication app) =>
        app.MapOrleansDashboard(Path).RequireAuthorization(Roles.Admin).ExcludeFromDescription(); // no part of our API

    /// <summary>The web application is no cluster client of its own: it takes the one of the host, and of Orleans only the pages.</summary>
    private sealed record ServicesOnly(IServiceCollection Services, IConfiguration Configuration) : IClientBuilder;
}
