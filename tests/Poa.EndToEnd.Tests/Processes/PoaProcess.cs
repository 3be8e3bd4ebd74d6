using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;

namespace Poa.EndToEnd.Tests.Processes;

/// <summary>The built command line as a real process, with its words kept and its end made sure of.</summary>
public sealed partial class PoaProcess : IAsyncDisposable
{
    private readonly Process process;
    private readonly Lock gate = new();
    private readonly StringBuilder output = new();
    private readonly StringBuilder error = new();
    private readonly List<(string Text, TaskCompletionSource Found)> awaited = [];

    private PoaProcess(ProcessStartInfo start)
    {
        process = new Process { StartInfo = start };
        process.OutputDataReceived += (_, e) => Append(output, e.Data);
        process.ErrorDataReceived += (_, e) => Append(error, e.Data);
    }

    private static string Executable => Path.Combine(AppContext.BaseDirectory, "poa");

    public int Id => process.Id;

    public bool HasExited => process.HasExited;

    public string Output => Read(output);

    public string Error => Read(error);

    /// <summary>Starts <c>poa</c> with one compute thread, so that several tests do not fight for cores.</summary>
    public static PoaProcess Start(TemporaryHome home, params string[] arguments) => Start(home.Folder, arguments);

    public static PoaProcess Start(string home, params string[] arguments) => Start(Executable, home, arguments);

    /// <summary>Starts it with environment variables of its own.</summary>
    public static PoaProcess Start(string home, IReadOnlyDictionary<string, string> environment, params string[] arguments) =>
        Start(Executable, home, arguments, environment);

    /// <summary>Starts the dashboard as a process of its own.</summary>
    public static PoaProcess StartDashboard(TemporaryHome home, params string[] arguments) =>
        Start(Path.Combine(AppContext.BaseDirectory, "Poa.Actors.Dashboard"), home.Folder, ["--home", home.Folder, .. arguments]);

    /// <summary>
    /// Starts it with a limit on the size of files, which acts as a disk without room for more. The runtime's own code pages lie in a
    /// memory file that such a limit would hit too, unless write-xor-execute is off.
    /// </summary>
    public static PoaProcess StartWithFileLimit(TemporaryHome home, int kilobytes, params string[] arguments) =>
        StartLimited(home, $"ulimit -f {kilobytes}; trap '' XFSZ", arguments);

    /// <summary>Starts it so that the system ends the process with the signal SIGXFSZ as soon as it writes a longer file.</summary>
    public static PoaProcess StartToEndAtFileLimit(TemporaryHome home, int kilobytes, params string[] arguments) =>
        StartLimited(home, $"ulimit -f {kilobytes}", arguments);

    private static PoaProcess StartLimited(TemporaryHome home, string limit, string[] arguments) =>
        Start("/bin/bash", home.Folder, ["-c", $"{limit}; export DOTNET_EnableWriteXorExecute=0; exec \"$0\" \"$@\"", Executable, .. arguments]);

    private static PoaProcess Start(string program, string home, string[] arguments, IReadOnlyDictionary<string, string>? environment = null)
    {
        var start = new ProcessStartInfo(program)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
            WorkingDirectory = Path.GetTempPath(),
        };
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
        {
            start.Environment[name] = value;
        }

        start.Environment["POA_HOME"] = home;
        start.Environment["OMP_NUM_THREADS"] = "1";
        start.Environment["DOTNET_ROOT"] = DotnetRoot();
        var started = new PoaProcess(start);
        started.process.Start();
        started.process.BeginOutputReadLine();
        started.process.BeginErrorReadLine();
        return started;
    }

    /// <summary>Runs to the end.</summary>
    /// <exception cref="TimeoutException">It did not end in time; the message holds what it said.</exception>
    public static async Task<PoaResult> RunAsync(TemporaryHome home, params string[] arguments)
    {
        await using var process = Start(home, arguments);
        return await process.WaitAsync(TimeSpan.FromSeconds(150));
    }

    public async Task<PoaResult> WaitAsync(TimeSpan timeout)
    {
        using var limit = new CancellationTokenSource(timeout);
        try
        {
            await process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException($"`poa {string.Join(' ', process.StartInfo.ArgumentList)}` did not end within {timeout}.\n{Said()}");
        }

        return new PoaResult(process.ExitCode, Output, Error);
    }

    /// <summary>Waits until a line with <paramref name="text"/> was printed on either stream.</summary>
    public async Task WaitForTextAsync(string text, TimeSpan timeout)
    {
        var found = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (gate)
        {
            if (output.ToString().Contains(text, StringComparison.Ordinal) || error.ToString().Contains(text, StringComparison.Ordinal))
            {
                return;
            }

            awaited.Add((text, found));
        }

        var ended = process.WaitForExitAsync();
        if (await Task.WhenAny(found.Task, ended, Task.Delay(timeout)) != found.Task && !found.Task.IsCompleted)
        {
            throw new TimeoutException($"`poa {string.Join(' ', process.StartInfo.ArgumentList)}` {(ended.IsCompleted ? $"ended with {process.ExitCode}" : "ran on")} without saying '{text}'.\n{Said()}");
        }
    }

    /// <summary>Waits for the end, whatever it is.</summary>
    public Task EndedAsync(CancellationToken cancellationToken) => process.WaitForExitAsync(cancellationToken);

    /// <summary>Sends SIGINT, as Ctrl+C does.</summary>
    public void Interrupt() => Send(2);

    /// <summary>Sends SIGTERM.</summary>
    public void Terminate() => Send(15);

    /// <summary>SIGKILL: no code of the process runs any more.</summary>
    public async Task KillAsync()
    {
        Send(9);
        await process.WaitForExitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited)
        {
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync();
        }

        process.Dispose();
    }

    private static string DotnetRoot() =>
        Environment.GetEnvironmentVariable("DOTNET_ROOT") ?? Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", ".."));

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int SendSignal(int processId, int signal);

    private void Send(int signal)
    {
        if (SendSignal(process.Id, signal) != 0)
        {
            throw new InvalidOperationException($"kill({process.Id}, {signal}) failed with error {Marshal.GetLastPInvokeError()}.\n{Said()}");
        }
    }

    private void Append(StringBuilder stream, string? line)
    {
        if (line is null)
        {
            return;
        }

        lock (gate)
        {
            stream.AppendLine(line);
            foreach (var (text, found) in awaited)
            {
                if (line.Contains(text, StringComparison.Ordinal))
                {
                    found.TrySetResult();
                }
            }
        }
    }

    private string Read(StringBuilder stream)
    {
        lock (gate)
        {
            return stream.ToString();
        }
    }

    private string Said() => $"--- out\n{Output}--- error\n{Error}";
}

/// <summary>How a process ended and what it said.</summary>
public sealed record PoaResult(int ExitCode, string Output, string Error)
{
    public override string ToString() => $"exit code {ExitCode}\n--- out\n{Output}--- error\n{Error}";
}
