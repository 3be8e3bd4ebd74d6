using System.CommandLine;

namespace Poa.Cli.Commands;

/// <summary>Every command, in the order in which <c>poa --help</c> lists them.</summary>
internal static class CommandList
{
    public static IEnumerable<Command> All(CliContext context) =>
    [
        DemoCommand.Create(context),
        UpCommand.Create(context),
        TrainCommand.Create(context),
        RunCommands.Runs(context),
        RunCommands.Watch(context),
        RunCommands.Pause(context),
        RunCommands.Resume(context),
        RunCommands.Cancel(context),
        RunCommands.Checkpoints(context),
        WorkersCommand.Create(context),
        LogsCommand.Create(context),
        EvaluateCommand.Create(context),
        LatencyCommand.Create(context),
        SearchCommand.Create(context),
        AblateCommand.Create(context),
        ResultsCommand.Create(context),
        DeliveryCommands.Extract(context),
        DeliveryCommands.Download(context),
        ShowCommand.Create(context),
        ScenesCommand.Create(context),
        ConfigCommand.Create(context),
        WeightsCommand.Create(context),
        AccountsCommand.Create(context),
        SiloCommand.Create(context),
        HealthCommand.Create(context),
        DashboardCommand.Create(context),
        DatabaseCommand.Create(context),
        BackupCommands.Backup(context),
        BackupCommands.Restore(context),
        DoctorCommand.Create(context),
    ];
}
