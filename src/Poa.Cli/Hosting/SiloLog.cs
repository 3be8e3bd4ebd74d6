using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;

namespace Poa.Cli.Hosting;

/// <summary>The log of a silo goes to standard error, where container platforms collect it: one line each, or JSON where <see cref="FormatVariable"/> says so.</summary>
internal static class SiloLog
{
    /// <summary>Environment variable: <c>json</c> for one JSON object per line.</summary>
    public const string FormatVariable = "POA_LOG_FORMAT";

    /// <summary>Adds the log to a host's services.</summary>
    public static void Add(ILoggingBuilder logging)
    {
        const string time = "yyyy-MM-ddTHH:mm:ss.fffZ ";
        if (string.Equals(Environment.GetEnvironmentVariable(FormatVariable), "json", StringComparison.OrdinalIgnoreCase))
        {
            logging.AddJsonConsole(console => (console.TimestampFormat, console.UseUtcTimestamp, console.IncludeScopes) = (time, true, true));
        }
        else
        {
            logging.AddSimpleConsole(console => (console.TimestampFormat, console.UseUtcTimestamp, console.SingleLine, console.ColorBehavior) = (time, true, true, LoggerColorBehavior.Disabled));
        }

        logging.AddConsole(console => console.LogToStandardErrorThreshold = LogLevel.Trace);
        logging.SetMinimumLevel(LogLevel.Warning);
        logging.AddFilter("Poa", LogLevel.Information);
    }
}
