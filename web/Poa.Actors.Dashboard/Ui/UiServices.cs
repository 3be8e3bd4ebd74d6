using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Poa.Actors.Dashboard.Ui;

/// <summary>What the shared components need.</summary>
internal static class UiServices
{
    /// <summary>Category of the component library's log entries: it tells of every text that it has no translation of.</summary>
    public const string LibraryLogs = "BootstrapBlazor";

    /// <summary>Registers the component library and our services over it.</summary>
    /// <param name="services">The services.</param>
    public static IServiceCollection AddDashboardUi(this IServiceCollection services)
    {
        services.AddBootstrapBlazor();
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton<HandOver>();
        services.AddScoped<Notifier>();
        return services;
    }
}
