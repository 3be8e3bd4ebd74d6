using Poa.Actors.Dashboard.Ui;

namespace Poa.Actors.Dashboard.Hosting;

/// <summary>What of the web application is worth a line in the host's log.</summary>
internal static class DashboardLogging
{
    /// <summary>Warnings, and of what warns without need, errors.</summary>
    public static void AddDashboardLogging(this IHostApplicationBuilder builder)
    {
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        builder.Logging.AddFilter(UiServices.LibraryLogs, LogLevel.Error);
        // Says on each start that the keys are not encrypted: their folder is for their owner only.
        builder.Logging.AddFilter("Microsoft.AspNetCore.DataProtection", LogLevel.Error);
        // What keeps the dashboard from starting is told to who starts it; a taken port only leads to the next.
        builder.Logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.None);
        // Warns of each form that was sent with an old token, and of each page that was closed during its first call.
        builder.Logging.AddFilter("Microsoft.AspNetCore.Antiforgery", LogLevel.Critical);
        builder.Logging.AddFilter("Microsoft.AspNetCore.Components.Server.Circuits.RemoteRenderer", LogLevel.Error);
    }
}
