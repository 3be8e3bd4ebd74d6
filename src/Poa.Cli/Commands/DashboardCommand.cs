using System.CommandLine;
using Poa.Actors.Dashboard.Hosting.CommandLine;
using Poa.Actors.Database;
using Poa.Cli.Hosting;

namespace Poa.Cli.Commands;

/// <summary><c>poa dashboard</c>: the dashboard as a client of a cluster, or of a host in another process.</summary>
internal static class DashboardCommand
{
    public static Command Create(CliContext context)
    {
        var home = CommonOptions.Folder();
        var arguments = new DashboardArguments();
        var command = new PoaCommand(
            "dashboard",
            $"Serves the dashboard of the cluster that {ClusterAddress.DatabaseVariable} names, or else of the host of the data folder. Accounts and keys are kept in the data folder. Waits for cluster or host, and finds it again.",
            "poa dashboard --home /data/poa",
            "poa dashboard --address 0.0.0.0 --auth accounts --certificate poa.pem") { home };
        arguments.AddTo(command);
        command.SetAction((parsed, cancellationToken) => StandAlone.ServeAsync(
            arguments.Read(parsed, HomeFolder.Resolve(parsed.GetValue(home))), ClusterAddress.FromEnvironment(), context.Out, context.Error, cancellationToken));
        return command;
    }
}
