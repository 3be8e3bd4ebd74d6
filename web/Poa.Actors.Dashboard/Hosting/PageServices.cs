using System.Globalization;
using Poa.Actors.Dashboard.Api;
using Poa.Actors.Dashboard.Commands;
using Poa.Actors.Dashboard.Layout;
using Poa.Actors.Dashboard.Live;
using Poa.Actors.Dashboard.Pages.Grid;
using Poa.Actors.Dashboard.Security;
using Poa.Actors.Dashboard.Security.SignIn;
using Poa.Actors.Dashboard.Ui;

namespace Poa.Actors.Dashboard.Hosting;

/// <summary>What the pages need of the host.</summary>
internal static class PageServices
{
    // A configuration of the greatest length that somebody pastes, with room for its quoting.
    private const long MaxHubMessage = 2 * NewRun.MaxYamlBytes;

    /// <summary>Registers components and their services.</summary>
    public static IServiceCollection AddDashboardPages(this IServiceCollection services, DashboardOptions options)
    {
        // Numbers and dates are written for an international reader; the component library asks for a culture with a name.
        CultureInfo.DefaultThreadCurrentCulture = CultureInfo.DefaultThreadCurrentUICulture = new CultureInfo("en-US");
        services.AddRazorComponents().AddInteractiveServerComponents().AddHubOptions(hub => hub.MaximumReceiveMessageSize = MaxHubMessage);
        services.AddDashboardUi();
        services.AddDashboardSecurity(options);
        services.AddSingleton<RunFeeds>();
        services.AddSingleton<DashboardCommands>();
        services.AddScoped<PageCommands>();
        services.AddDashboardApi();
        services.AddSingleton<GridViews>();
        return services;
    }

    /// <summary>Serves pages and their files.</summary>
    public static void UseDashboardPages(this WebApplication app, DashboardOptions options)
    {
        app.UseDashboardGuards(options);
        app.UsePageErrors();
        app.UsePageNotFound();
        app.UseStaticFiles();
        app.UseDashboardApi();
        app.UseDashboardSecurity();
        app.UseAntiforgery();
        app.MapSignIn(options);
        app.MapDashboardApi();
        app.MapOrleansPages();
        // Frames are refused by our own header, for every answer.
        app.MapRazorComponents<App>().AddInteractiveServerRenderMode(server => server.ContentSecurityFrameAncestorsPolicy = null);
    }
}
