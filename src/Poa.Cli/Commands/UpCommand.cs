using System.CommandLine;
using Poa.Actors.Abstractions;
using Poa.Actors.Dashboard.Hosting;
using Poa.Actors.Dashboard.Hosting.CommandLine;
using Poa.Actors.Silo;
using Poa.Cli.Hosting;
using Poa.Cli.Rendering;
using Poa.Telemetry;
using Poa.Worker;

namespace Poa.Cli.Commands;

/// <summary><c>poa up</c>: a host that stays, and goes on with what an earlier one left.</summary>
internal static class UpCommand
{
    public static Command Create(CliContext context)
    {
        var home = CommonOptions.Folder();
        var port = new Option<int?>("--port") { Description = "Port on 127.0.0.1 for clients; a free one if not given.", HelpName = "N" };
        var siloPort = new Option<int?>("--silo-port") { Description = "Port on 127.0.0.1 for silos; a free one if not given.", HelpName = "N" };
        var devices = new Option<string?>("--devices") { Description = "Devices to work on, such as cpu or cuda:0,cuda:1. All CUDA cards, or else the processor, if not given.", HelpName = "LIST" };
        var threads = new Option<int>("--threads") { Description = "Compute threads where a run's configuration does not say; 0 for all cores.", HelpName = "N" };
        var dataRoots = new Option<string[]>("--data-root")
        {
            Description = "Folder that images may lie in; may be given several times. Any folder that this process may read, if not given.",
            HelpName = "DIR",
            AllowMultipleArgumentsPerToken = false,
        };
        var noDashboard = new Option<bool>("--no-dashboard") { Description = "Do not serve the dashboard." };
        var dashboard = new DashboardArguments("dashboard-");
        var command = new PoaCommand("up", "Serves a data folder until Ctrl+C: keeps the books, trains, extracts, evaluates. Runs that a killed host left go on by themselves.",
            "poa up",
            "poa up --home /data/poa --port 30000",
            "poa up --dashboard-address 0.0.0.0 --auth accounts --certificate poa.pem") { home, port, siloPort, devices, threads, dataRoots, noDashboard };
        dashboard.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var folder = HomeFolder.Resolve(parsed.GetValue(home));
            var options = new EmbeddedHostOptions
            {
                Home = folder,
                GatewayPort = parsed.GetValue(port),
                SiloPort = parsed.GetValue(siloPort),
                Devices = parsed.GetValue(devices) is { } list ? list.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) : Devices.Here(),
                Threads = parsed.GetValue(threads),
                DataRoots = [.. (parsed.GetValue(dataRoots) ?? []).Select(Path.GetFullPath)],
            };
            var pages = parsed.GetValue(noDashboard) ? null : Pages(dashboard, parsed, options);
            using var telemetry = TelemetryExport.Start("poa-host", Environment.MachineName);
            await using var connection = await PoaConnection.StartAsync(options, cancellationToken).ConfigureAwait(false);
            if (pages is not null)
            {
                await connection.StartDashboardAsync(pages, cancellationToken).ConfigureAwait(false);
            }

            var host = connection.OwnHost!;
            context.Out.WriteLine(string.Create(Formats.Plain, $"ready: serving {folder} on 127.0.0.1:{host.GatewayPort} as process {host.ProcessId}, devices {string.Join(", ", options.Devices)}"));
            if (host.Dashboard is { } address)
            {
                context.Out.WriteLine($"dashboard: {address}");
            }

            if (telemetry.Description is { } target)
            {
                context.Out.WriteLine($"telemetry: {target}");
            }

            context.Out.WriteLine($"log: {HostLog.PathIn(folder)}");
            var active = await connection.Client.Runs.ListAsync(
                new CatalogQuery { Statuses = [RunStatus.Queued, RunStatus.Running, RunStatus.Pausing, RunStatus.Cancelling] }, cancellationToken).ConfigureAwait(false);
            foreach (var run in active)
            {
                context.Out.WriteLine($"goes on: {run.RunId} ({Standing.Word(run.Status)})");
            }

            context.Out.WriteLine("Ctrl+C stops it; running work writes a checkpoint first.");
            await UntilStoppedAsync(cancellationToken).ConfigureAwait(false);
            return ExitCodes.Success;
        });
        return command;
    }

    /// <summary>How the dashboard is to be served, checked before anything is started.</summary>
    private static DashboardOptions Pages(DashboardArguments arguments, ParseResult parsed, EmbeddedHostOptions host)
    {
        // A host that was killed left its address behind: open pages wait for it there.
        var lastPort = HostFile.TryRead(host.Home)?.Dashboard is { } last ? new Uri(last).Port : (int?)null;
        var options = arguments.Read(parsed, host.Home, lastPort) with
        {
            RunThreads = host.Threads > 0 ? host.Threads : WorkerOptions.DefaultThreads(),
        };
        options.Check();
        return options;
    }

    /// <summary>Waits for Ctrl+C or SIGTERM, which are the ordinary end of a host.</summary>
    public static async Task UntilStoppedAsync(CancellationToken cancellationToken)
    {
        var stopped = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = cancellationToken.Register(stopped.SetResult).ConfigureAwait(false);
        await stopped.Task.ConfigureAwait(false);
    }
}
