using System.Globalization;
using Poa.Actors.Dashboard.Api;
using Poa.Actors.Dashboard.Commands;
using Poa.Actors.Dashboard.Layout;
using Poa.Actors.Dashboard.Live;
using Poa.Actors.Dashboard.Security;
using Poa.Actors.Dashboard.Ui;

namespace Poa.Actors.Dashboard.Hosting;

/// <summary>What the pages need of the host.</summary>
internal static class PageServices
{
    /// <summary>Registers components and their services.</summary>
    public static IServiceCollection AddDashboardPages(this IServiceCollection services)
    {
        // Numbers and dates are written for an international reader; the component library asks for a culture with a name.
        CultureInfo.DefaultThreadCurrentCulture = CultureInfo.DefaultThreadCurrentUICulture = new CultureInfo("en-US");
        services.AddRazorComponents().AddInteractiveServerComponents();
        services.AddDashboardUi();
        services.AddDashboardSecurity();
        services.AddSingleton<RunFeeds>();
        services.AddSingleton<DashboardCommands>();
        services.AddScoped<PageCommands>();
        services.AddDashboardApi();
        return services;
    }

    /// <summary>Serves pages and their files.</summary>
    public static void UseDashboardPages(this WebApplication app)
    {
        app.UseStaticFiles();
        app.UseDashboardApi();
        app.UseDashboardSecurity();
        app.UseAntiforgery();
        app.MapDashboardApi();
        app.MapRazorComponents<App>().AddInteractiveServerRenderMode();
    }
}
