using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;

namespace Poa.Telemetry;

/// <summary>The log of a process of a cluster goes to standard error, where container platforms collect it: one line each, or JSON where <see cref="FormatVariable"/> says so.</summary>
public static class ConsoleLog
{
    /// <summary>Environment variable: <c>json</c> for one JSON object per line.</summary>
    public const string FormatVariable = "POA_LOG_FORMAT";

    /// <summary>Adds it to a host's logging; which levels are logged is the host's to say.</summary>
    /// <param name="logging">The host's logging.</param>
    public static void AddTo(ILoggingBuilder logging)
    {
        const string time = "yyyy-MM-ddTHH:mm:ss.fffZ ";
        if (string.Equals(Environment.GetEnvironmentVariable(FormatVariable), "json", StringComparison.OrdinalIgnoreCase))
        {
            // With trace and span, where there is one: a collector joins lines and traces by them.
            logging.Configure(options => options.ActivityTrackingOptions = ActivityTrackingOptions.TraceId | ActivityTrackingOptions.SpanId);
            logging.AddJsonConsole(console => (console.TimestampFormat, console.UseUtcTimestamp, console.IncludeScopes) = (time.TrimEnd(), true, true));
        }
        else
        {
            logging.AddSimpleConsole(console => (console.TimestampFormat, console.UseUtcTimestamp, console.SingleLine, console.ColorBehavior) = (time, true, true, LoggerColorBehavior.Disabled));
        }

        logging.AddConsole(console => console.LogToStandardErrorThreshold = LogLevel.Trace);
    }
}
