using System.Collections.Concurrent;
using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Poa.Cli.Hosting;

/// <summary>Writes a host's log to <c>logs/host.log</c> in the data folder.</summary>
internal sealed class HostLog : ILoggerProvider
{
    private const long RotateAt = 16_000_000;
    private readonly ConcurrentDictionary<string, ILogger> loggers = new();
    private readonly Lock gate = new();
    private readonly StreamWriter? file;

    private HostLog(string home)
    {
        var path = PathIn(home);
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            if (File.Exists(path) && new FileInfo(path).Length > RotateAt)
            {
                File.Move(path, path + ".old", overwrite: true);
            }

            file = new StreamWriter(new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite)) { AutoFlush = true };
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // A host that cannot log still says, on starting, that it cannot write its folder.
        }
    }

    /// <summary>Where the log lies.</summary>
    public static string PathIn(string home) => Path.Combine(home, "logs", "host.log");

    /// <summary>Adds the log to a host's services.</summary>
    public static void Add(ILoggingBuilder logging, string home)
    {
        logging.Services.AddSingleton<ILoggerProvider>(_ => new HostLog(home));
        SetLevels(logging);
    }

    /// <summary>What a host logs: of others warnings, of this project more.</summary>
    public static void SetLevels(ILoggingBuilder logging)
    {
        logging.SetMinimumLevel(LogLevel.Warning);
        logging.AddFilter("Poa", LogLevel.Information);
    }

    /// <inheritdoc/>
    public ILogger CreateLogger(string categoryName) => loggers.GetOrAdd(categoryName, name => new CategoryLogger(this, name));

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (gate)
        {
            file?.Dispose();
        }
    }

    private void Write(string category, LogLevel level, string message, Exception? exception)
    {
        lock (gate)
        {
            if (file?.BaseStream.CanWrite != true)
            {
                return;
            }

            try
            {
                file.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{DateTimeOffset.UtcNow:O} {level} {category}: {message}"));
                if (exception is not null)
                {
                    file.WriteLine(exception);
                }
            }
            catch (IOException)
            {
                // A full disk ends work with an error of its own; the log must not add another.
            }
        }
    }

    private sealed class CategoryLogger(HostLog log, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel != LogLevel.None;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            log.Write(category, logLevel, formatter(state, exception), exception);
    }
}
