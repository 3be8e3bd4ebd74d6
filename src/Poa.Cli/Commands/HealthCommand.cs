using System.CommandLine;
using System.Net;
using Poa.Actors.Silo;

namespace Poa.Cli.Commands;

/// <summary><c>poa health</c>: asks the silo on this machine whether it is ready, for health checks inside containers.</summary>
internal static class HealthCommand
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(5);

    public static Command Create(CliContext context)
    {
        var port = new Option<int?>("--health-port") { Description = $"Port of the silo's health endpoints. {ClusterHostSettings.HealthPortVariable}.", HelpName = "N" };
        var command = new PoaCommand("health", "Asks the silo on this machine whether it is an active member of its cluster. Exit code 0 if so.", "poa health --health-port 8081") { port };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var number = parsed.GetValue(port) ?? ClusterHostSettings.ReadHealthPort() ?? throw new CliException(
                "No health port is given.", $"Give --health-port, or set {ClusterHostSettings.HealthPortVariable}.", ExitCodes.Usage);
            using var http = new HttpClient { Timeout = Limit };
            try
            {
                using var answer = await http.GetAsync(new UriBuilder("http", IPAddress.Loopback.ToString(), number, "/health/ready").Uri, cancellationToken).ConfigureAwait(false);
                context.Out.WriteLine(await answer.Content.ReadAsStringAsync(cancellationToken).ConfigureAwait(false));
                return answer.IsSuccessStatusCode ? ExitCodes.Success : ExitCodes.Failure;
            }
            catch (Exception e) when (e is HttpRequestException or TaskCanceledException && !cancellationToken.IsCancellationRequested)
            {
                throw new CliException(string.Create(Rendering.Formats.Plain, $"No silo answers on health port {number}: {e.Message}"), "See whether it runs: poa silo --health-port N", ExitCodes.HostUnavailable, e);
            }
        });
        return command;
    }
}
