using System.CommandLine;
using Poa.Actors.Database;
using Poa.Cli.Doctor;
using Poa.Cli.Doctor.Cluster;
using Poa.Cli.Hosting;
using Poa.Cli.Rendering;

namespace Poa.Cli.Commands;

/// <summary><c>poa doctor</c>: looks at everything a run needs, and says what to do where something is missing.</summary>
internal static class DoctorCommand
{
    public static Command Create(CliContext context)
    {
        var home = CommonOptions.Folder();
        var json = CommonOptions.Json();
        var ofCluster = new Option<bool>("--cluster")
        {
            Description = $"Check the cluster that {ClusterAddress.DatabaseVariable} names instead: data base, clocks, membership, gateways, grains, workers, blob store, reminders.",
        };
        var command = new PoaCommand("doctor", "Checks this machine: system, tensor library, image decoder, demo images, data folder, ports. Exit code 1 if something fails.",
            "poa doctor",
            "poa doctor --home /data/poa --json",
            "poa doctor --cluster") { home, ofCluster, json };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var (checks, well) = parsed.GetValue(ofCluster)
                ? (await ClusterChecks.RunAsync(ClusterAddress.FromEnvironment() ?? throw DatabaseCommand.NoCluster(), context.Time, cancellationToken).ConfigureAwait(false), "The cluster is well.")
                : (await AllChecks.RunAsync(HomeFolder.Resolve(parsed.GetValue(home)), cancellationToken).ConfigureAwait(false), "All that a run needs is there.");
            if (parsed.GetValue(json))
            {
                context.Out.WriteLine(Json.Text(checks));
            }
            else
            {
                Print(context.Out, checks, well);
            }

            return checks.Any(check => check.Status == CheckStatus.Failed) ? ExitCodes.Failure : ExitCodes.Success;
        });
        return command;
    }

    private static void Print(TextWriter writer, IReadOnlyList<Check> checks, string well)
    {
        var width = checks.Max(check => check.Name.Length);
        foreach (var check in checks)
        {
            var mark = check.Status switch { CheckStatus.Ok => "ok    ", CheckStatus.Warning => "warn  ", _ => "FAILED" };
            writer.WriteLine($"{mark}  {check.Name.PadRight(width)}  {check.Detail}");
            if (check.Remedy is { } remedy)
            {
                writer.WriteLine($"        {new string(' ', width)}  -> {remedy}");
            }
        }

        var failed = checks.Count(check => check.Status == CheckStatus.Failed);
        writer.WriteLine(failed == 0 ? well : $"{failed} {(failed == 1 ? "check" : "checks")} failed.");
    }
}
