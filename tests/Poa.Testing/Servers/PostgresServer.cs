using System.Diagnostics;
using System.Globalization;
using Npgsql;

namespace Poa.Testing;

/// <summary>
/// A real PostgreSQL on a free port of 127.0.0.1 with a folder of its own, for all tests of an assembly; started when first asked for.
/// It refuses to run as root: then it runs as the user <c>postgres</c>, which Debian's package brings.
/// </summary>
public sealed class PostgresServer : IAsyncDisposable
{
    public const string User = "poa";
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private readonly SemaphoreSlim starting = new(1, 1);
    private readonly string folder = Directory.CreateTempSubdirectory("poa-postgres-").FullName;
    private Process? process;
    private bool made;
    private int databases;

    public int Port { get; } = FreePort.Next();

    private string Data => Path.Combine(folder, "data");

    /// <summary>A connection string for a data base of the server.</summary>
    public string ConnectionString(string database, string user = User) =>
        string.Create(CultureInfo.InvariantCulture, $"Host=127.0.0.1;Port={Port};Database={database};Username={user}");

    /// <summary>Starts the server if need be, and makes an empty data base that no other test uses.</summary>
    /// <returns>Its connection string.</returns>
    public async Task<string> NewDatabaseAsync()
    {
        await StartAsync();
        var name = $"test_{Interlocked.Increment(ref databases)}";
        await ExecuteAsync("postgres", $"CREATE DATABASE {name};");
        return ConnectionString(name);
    }

    /// <summary>Runs a statement as the owner of everything.</summary>
    public async Task ExecuteAsync(string database, string sql)
    {
        await using var connection = new NpgsqlConnection(ConnectionString(database) + ";Pooling=false");
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }

    public async Task StartAsync()
    {
        await starting.WaitAsync();
        try
        {
            if (!made)
            {
                await MakeAsync();
                made = true;
            }

            process ??= await LaunchAsync();
        }
        finally
        {
            starting.Release();
        }
    }

    /// <summary>Stops it at once, connections and all; what was committed is there again after <see cref="StartAsync"/>.</summary>
    public async Task StopAsync()
    {
        await RunAsync("pg_ctl", "stop", "-D", Data, "-m", "fast", "-w");
        await process!.WaitForExitAsync();
        process.Dispose();
        process = null;
    }

    public async ValueTask DisposeAsync()
    {
        if (process is not null)
        {
            NpgsqlConnection.ClearAllPools();
            await StopAsync();
        }

        Directory.Delete(folder, recursive: true);
        starting.Dispose();
    }

    private async Task MakeAsync()
    {
        if (Environment.IsPrivilegedProcess)
        {
            await WaitAsync(Start("chown", ["postgres", folder]));
        }

        await RunAsync("initdb", "-D", Data, "-U", User, "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync");
    }

    private async Task<Process> LaunchAsync()
    {
        // Nothing here is to outlive a power cut: what a killed process leaves is in the system's memory.
        // Clusters of tests that have ended keep the connections in their pools for minutes.
        var port = Port.ToString(CultureInfo.InvariantCulture);
        var launched = Start("postgres", ["-D", Data, "-p", port, "-h", "127.0.0.1", "-k", folder, "-c", "fsync=off", "-c", "max_connections=600"], asUser: true);
        var said = new List<string>();
        using var limit = new CancellationTokenSource(Limit);
        while (await launched.StandardError.ReadLineAsync(limit.Token) is { } line)
        {
            said.Add(line);
            if (line.Contains("ready to accept connections", StringComparison.Ordinal))
            {
                _ = launched.StandardError.ReadToEndAsync(CancellationToken.None); // Keeps the pipes empty.
                _ = launched.StandardOutput.ReadToEndAsync(CancellationToken.None);
                return launched;
            }
        }

        throw new InvalidOperationException($"PostgreSQL ended before it served port {Port}:\n{string.Join('\n', said)}");
    }

    private static Task RunAsync(string program, params string[] arguments) => WaitAsync(Start(program, arguments, asUser: true));

    private static async Task WaitAsync(Process started)
    {
        using (started)
        {
            using var limit = new CancellationTokenSource(Limit);
            var said = Task.WhenAll(started.StandardOutput.ReadToEndAsync(limit.Token), started.StandardError.ReadToEndAsync(limit.Token));
            await started.WaitForExitAsync(limit.Token);
            if (started.ExitCode != 0)
            {
                throw new InvalidOperationException($"{started.StartInfo.FileName} {string.Join(' ', started.StartInfo.ArgumentList)} ended with {started.ExitCode}:\n{string.Concat(await said)}");
            }
        }
    }

    private static Process Start(string program, string[] arguments, bool asUser = false)
    {
        string[] command = asUser ? [Find(program), .. arguments] : [program, .. arguments];
        if (asUser && Environment.IsPrivilegedProcess)
        {
            // Replaces itself by the program, so that the process is the program's.
            command = ["setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups", .. command];
        }

        var start = new ProcessStartInfo(command[0], command[1..]) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = Path.GetTempPath() };
        return Process.Start(start)!;
    }

    /// <summary>A program of PostgreSQL: in the folder POA_POSTGRES, or where Debian puts it, which is not on the path.</summary>
    public static string Find(string program)
    {
        string[] folders = Environment.GetEnvironmentVariable("POA_POSTGRES") is { Length: > 0 } given
            ? [given]
            : [.. Versions("/usr/lib/postgresql"), .. (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':')];
        return folders.Select(folder => Path.Combine(folder, program)).FirstOrDefault(File.Exists)
            ?? throw new FileNotFoundException($"There is no {program}. Run `bash infra/test.sh`, which installs PostgreSQL, or set POA_POSTGRES to the folder of its programs.");
    }

    private static IEnumerable<string> Versions(string root) => Directory.Exists(root)
        ? Directory.GetDirectories(root).OrderByDescending(path => int.TryParse(Path.GetFileName(path), CultureInfo.InvariantCulture, out var version) ? version : 0).Select(path => Path.Combine(path, "bin"))
        : [];
}
