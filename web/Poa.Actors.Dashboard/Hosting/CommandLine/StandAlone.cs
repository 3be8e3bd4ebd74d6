using System.CommandLine;
using System.Runtime.InteropServices;
using Poa.Actors.Client;

namespace Poa.Actors.Dashboard.Hosting.CommandLine;

/// <summary>The dashboard as a process of its own: a client of the host that serves a data folder, which may come and go.</summary>
internal static class StandAlone
{
    private const int Failed = 1;
    private const int WrongInput = 2;
    private static readonly TimeSpan RetryDelay = TimeSpan.FromSeconds(1);

    /// <summary>Runs until Ctrl+C or SIGTERM.</summary>
    /// <returns>The exit code: 0 stopped, 1 failed, 2 wrong input.</returns>
    public static async Task<int> RunAsync(string[] arguments, TextWriter output, TextWriter error)
    {
        var home = new Option<string>("--home") { Description = "Data folder that a host serves on this machine (poa up).", HelpName = "DIR", Required = true };
        var dashboard = new DashboardArguments();
        var command = new RootCommand("Serves the dashboard of a data folder apart from its host. Waits for the host, and finds it again when it was started anew.") { home };
        dashboard.AddTo(command);
        command.SetAction((parsed, cancellationToken) => ServeAsync(dashboard.Read(parsed, Path.GetFullPath(parsed.GetRequiredValue(home))), output, error, cancellationToken));

        using var stop = new CancellationTokenSource();
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        try
        {
            var configuration = new InvocationConfiguration { Output = output, Error = error, EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null };
            var parsed = command.Parse(arguments);
            var code = await parsed.InvokeAsync(configuration, stop.Token);
            return parsed.Errors.Count > 0 ? WrongInput : code;
        }
        catch (PoaException e)
        {
            error.WriteLine($"error: {e.Error.Message}");
            error.WriteLine($"remedy: {e.Error.Remedy}");
            return e.Code is ErrorCodes.InvalidArgument or Security.SecurityErrors.UnsafeHosting ? WrongInput : Failed;
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return 0;
        }

        void Stop(PosixSignalContext context)
        {
            context.Cancel = true;
            stop.Cancel();
        }
    }

    private static async Task<int> ServeAsync(DashboardOptions options, TextWriter output, TextWriter error, CancellationToken cancellationToken)
    {
        options.Check();
        await using var client = await ConnectAsync(options.Home, error, cancellationToken);
        await using var host = await DashboardHost.StartAsync(options, client, builder => builder.Logging.AddSimpleConsole(console => console.SingleLine = true), cancellationToken);
        output.WriteLine($"dashboard: {host.Address}");
        var stopped = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = cancellationToken.Register(stopped.SetResult);
        await stopped.Task;
        return 0;
    }

    private static async Task<PoaClient> ConnectAsync(string home, TextWriter error, CancellationToken cancellationToken)
    {
        for (var told = false; ; told = true)
        {
            try
            {
                return await PoaClient.ConnectAsync(home, cancellationToken);
            }
            catch (PoaException e) when (e.Code == ErrorCodes.HostUnreachable)
            {
                if (!told)
                {
                    error.WriteLine($"waiting: {e.Error.Message} {e.Error.Remedy}");
                }

                await Task.Delay(RetryDelay, cancellationToken);
            }
        }
    }
}
