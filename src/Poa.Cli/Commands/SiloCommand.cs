using System.CommandLine;
using Poa.Actors;
using Poa.Actors.Database;
using Poa.Actors.Silo;
using Poa.Cli.Hosting;
using Poa.Telemetry;

namespace Poa.Cli.Commands;

/// <summary><c>poa silo</c>: one member of a cluster. Everything can also be set by environment variables, as containers are configured.</summary>
internal static class SiloCommand
{
    public static Command Create(CliContext context)
    {
        var role = Text("--role", "ROLE", $"control (keeps the books, takes clients), worker (does the work) or both. {ClusterHostSettings.RoleVariable}.");
        var name = Text("--name", "NAME", $"Name of the silo and of its worker process: unique, and kept over restarts; this machine's name if not given. {ClusterHostSettings.NameVariable}.");
        var address = Text("--advertise", "ADDRESS", $"Address or name under which other machines reach this one; its own if not given. {ClusterHostSettings.AddressVariable}.");
        var siloPort = Port("--silo-port", $"Port for other silos, {ClusterHostOptions.DefaultSiloPort} if not given; 0 for a free one. {ClusterHostSettings.SiloPortVariable}.");
        var gatewayPort = Port("--gateway-port", $"Port for clients, {ClusterHostOptions.DefaultGatewayPort} if not given; 0 for a free one; workers have none. {ClusterHostSettings.GatewayPortVariable}.");
        var healthPort = Port("--health-port", $"Port of /health/live and /health/ready; none if not given. {ClusterHostSettings.HealthPortVariable}.");
        var blobs = Text("--blobs", "STORE", $"azure:CONTAINER or azure:URL, with secrets in the environment, or a folder that all machines see. {ClusterHostSettings.BlobStoreVariable}.");
        var devices = Text("--devices", "LIST", $"Devices of a worker, such as cpu or cuda:0,cuda:1; all CUDA cards, or else the processor, if not given. {ClusterHostSettings.DevicesVariable}.");
        var threads = new Option<int?>("--threads") { Description = $"Compute threads where a run's configuration does not say; 0 for all cores. {ClusterHostSettings.ThreadsVariable}.", HelpName = "N" };
        var dataRoots = new Option<string[]>("--data-root") { Description = $"Folder that images may lie in; may be given several times; any if not given. {ClusterHostSettings.DataRootsVariable}.", HelpName = "DIR" };
        var home = CommonOptions.Folder();
        var command = new PoaCommand(
            "silo",
            $"Runs one silo of a cluster until Ctrl+C or SIGTERM; then running work writes a checkpoint, and the silo leaves. {ClusterAddress.DatabaseVariable} (or the file that {ClusterAddress.DatabaseVariable}_FILE names) says where PostgreSQL is; `poa db init` prepares it.",
            "poa silo --role control --blobs azure:poa --health-port 8081",
            "poa silo --role worker --blobs azure:poa --devices cuda:0 --name worker-1")
        {
            role, name, address, siloPort, gatewayPort, healthPort, blobs, devices, threads, dataRoots, home,
        };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var cluster = ClusterAddress.FromEnvironment() ?? throw DatabaseCommand.NoCluster();
            var given = ClusterHostSettings.Read(cluster, HomeFolder.Resolve(parsed.GetValue(home)));
            var options = given with
            {
                Role = parsed.GetValue(role) is { } text ? ClusterHostSettings.ParseRole(text, role.Name) : given.Role,
                Name = parsed.GetValue(name) ?? given.Name,
                AdvertisedAddress = parsed.GetValue(address) ?? given.AdvertisedAddress,
                SiloPort = PortOf(parsed.GetValue(siloPort), given.SiloPort),
                GatewayPort = PortOf(parsed.GetValue(gatewayPort), given.GatewayPort),
                HealthPort = parsed.GetValue(healthPort) ?? given.HealthPort,
                BlobStore = parsed.GetValue(blobs) ?? given.BlobStore,
                Devices = parsed.GetValue(devices) is { } list ? ClusterHostSettings.Split(list, ',') : given.Devices,
                Threads = parsed.GetValue(threads) ?? given.Threads,
                DataRoots = parsed.GetValue(dataRoots) is { Length: > 0 } roots ? [.. roots.Select(Path.GetFullPath)] : given.DataRoots,
                Configure = builder =>
                {
                    ConsoleLog.AddTo(builder.Logging);
                    HostLog.SetLevels(builder.Logging);
                },
            };
            if (options.Role != SiloRole.Control && options.Devices.Count == 0)
            {
                options = options with { Devices = Devices.Here() };
            }

            return await RunAsync(options with { Home = Path.Combine(options.Home, "workers", options.Name) }, context, cancellationToken).ConfigureAwait(false);
        });
        return command;
    }

    private static async Task<int> RunAsync(ClusterHostOptions options, CliContext context, CancellationToken cancellationToken)
    {
        using var telemetry = TelemetryExport.Start($"poa-{(options.Role == SiloRole.Both ? "silo" : options.Role.ToString().ToLowerInvariant())}", options.Name);
        await using var silo = await ClusterHost.StartAsync(options, cancellationToken).ConfigureAwait(false);
        context.Out.WriteLine($"ready: {options.Role.ToString().ToLowerInvariant()} silo {options.Name} of the {options.Cluster} on {silo.Silo} as process {Environment.ProcessId}");
        if (silo.Gateway is { } gateway)
        {
            context.Out.WriteLine($"clients: {gateway}");
        }

        if (options.Devices.Count > 0)
        {
            context.Out.WriteLine($"devices: {string.Join(", ", options.Devices)}");
        }

        if (silo.HealthPort is { } port)
        {
            context.Out.WriteLine(string.Create(Rendering.Formats.Plain, $"health: port {port}"));
        }

        if (telemetry.Description is { } target)
        {
            context.Out.WriteLine($"telemetry: {target}");
        }

        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, silo.Stopping);
        await UpCommand.UntilStoppedAsync(either.Token).ConfigureAwait(false);
        return cancellationToken.IsCancellationRequested
            ? ExitCodes.Success
            : throw new CliException("The silo stopped by itself.", "Its log says why; start it again.");
    }

    private static Option<string?> Text(string name, string help, string description) => new(name) { Description = description, HelpName = help };

    private static Option<int?> Port(string name, string description) => new(name) { Description = description, HelpName = "N" };

    private static int? PortOf(int? asked, int? otherwise) => asked switch { null => otherwise, 0 => null, _ => asked };
}
