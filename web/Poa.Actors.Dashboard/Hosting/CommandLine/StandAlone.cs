using System.CommandLine;
using System.Runtime.InteropServices;
using Poa.Actors.Client;
using Poa.Actors.Database;
using Poa.Telemetry;

namespace Poa.Actors.Dashboard.Hosting.CommandLine;

/// <summary>The dashboard as a process of its own: a client of a cluster, or of the host that serves a data folder. Both may come and go.</summary>
public static class StandAlone
{
    private const int Failed = 1;
    private const int WrongInput = 2;
    private static readonly TimeSpan RetryDelay = TimeSpan.FromSeconds(1);

    /// <summary>Runs until Ctrl+C or SIGTERM.</summary>
    /// <returns>The exit code: 0 stopped, 1 failed, 2 wrong input.</returns>
    internal static async Task<int> RunAsync(string[] arguments, TextWriter output, TextWriter error)
    {
        var home = new Option<string>("--home")
        {
            Description = $"Data folder with accounts and keys. Served on this machine (poa up), unless {ClusterAddress.DatabaseVariable} names a cluster.",
            HelpName = "DIR",
            Required = true,
        };
        var dashboard = new DashboardArguments();
        var command = new RootCommand("Serves the dashboard of a data folder apart from its host. Waits for the host, and finds it again when it was started anew.") { home };
        dashboard.AddTo(command);
        command.SetAction((parsed, cancellationToken) => ServeAsync(
            dashboard.Read(parsed, Path.GetFullPath(parsed.GetRequiredValue(home))), ClusterAddress.FromEnvironment(), output, error, cancellationToken));

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

    /// <summary>Waits for the cluster or the host, and serves until it is cancelled.</summary>
    /// <param name="options">Where and for whom.</param>
    /// <param name="cluster">The cluster; null for the host of the data folder.</param>
    /// <param name="output">Where the address is said.</param>
    /// <param name="error">Where it is said what is waited for.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>Exit code 0.</returns>
    /// <exception cref="PoaException">It cannot be served like this, its port is taken, or the cluster cannot be used.</exception>
    public static async Task<int> ServeAsync(DashboardOptions options, ClusterAddress? cluster, TextWriter output, TextWriter error, CancellationToken cancellationToken)
    {
        options.Check();
        using var telemetry = TelemetryExport.Start("poa-dashboard", Environment.MachineName);
        await using var client = await ConnectAsync(options.Home, cluster, error, cancellationToken);
        await using var host = await DashboardHost.StartAsync(options, client, builder => ConsoleLog.AddTo(builder.Logging), cancellationToken);
        output.WriteLine($"dashboard: {host.Address}");
        if (telemetry.Description is { } target)
        {
            output.WriteLine($"telemetry: {target}");
        }

        var stopped = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = cancellationToken.Register(stopped.SetResult);
        await stopped.Task;
        return 0;
    }

    private static async Task<PoaClient> ConnectAsync(string home, ClusterAddress? cluster, TextWriter error, CancellationToken cancellationToken)
    {
        for (var told = false; ; told = true)
        {
            try
            {
                return await (cluster is null ? PoaClient.ConnectAsync(home, cancellationToken) : PoaClient.ConnectAsync(cluster, cancellationToken));
            }
            catch (PoaException e) when (e.Code is ErrorCodes.HostUnreachable or ErrorCodes.DatabaseUnreachable or ErrorCodes.DatabaseSchema)
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
