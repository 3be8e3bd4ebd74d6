using System.CommandLine;
using Poa.Cli.Doctor;
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
        var command = new PoaCommand("doctor", "Checks this machine: system, tensor library, image decoder, demo images, data folder, ports. Exit code 1 if something fails.",
            "poa doctor",
            "poa doctor --home /data/poa --json") { home, json };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var folder = HomeFolder.Resolve(parsed.GetValue(home));
            var checks = await AllChecks.RunAsync(folder, cancellationToken).ConfigureAwait(false);
            if (parsed.GetValue(json))
            {
                context.Out.WriteLine(Json.Text(checks));
            }
            else
            {
                Print(context.Out, checks);
            }

            return checks.Any(check => check.Status == CheckStatus.Failed) ? ExitCodes.Failure : ExitCodes.Success;
        });
        return command;
    }

    private static void Print(TextWriter writer, IReadOnlyList<Check> checks)
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
        writer.WriteLine(failed == 0 ? "All that a run needs is there." : $"{failed} {(failed == 1 ? "check" : "checks")} failed.");
    }
}
