using Poa.Actors.Abstractions;
using Poa.Actors.Dashboard.Security;
using Poa.Data.Datasets;
using Poa.Elastic;
using Poa.Networks;
using Poa.Storage;

namespace Poa.Cli;

/// <summary>Turns exceptions into two lines on standard error and an exit code.</summary>
internal static class Failures
{
    /// <summary>Set it to see the stack of an error.</summary>
    public const string TraceVariable = "POA_TRACE";

    /// <summary>Says what is wrong and what to do.</summary>
    /// <returns>The process's exit code.</returns>
    public static int Report(Exception exception, CliContext context, CancellationToken interrupted)
    {
        if (exception is OperationCanceledException && interrupted.IsCancellationRequested)
        {
            return ExitCodes.Interrupted;
        }

        var (message, remedy, code) = Describe(exception);
        context.Error.WriteLine($"error: {message}");
        context.Error.WriteLine($"remedy: {remedy}");
        if (!string.IsNullOrEmpty(Environment.GetEnvironmentVariable(TraceVariable)))
        {
            context.Error.WriteLine(exception);
        }

        return code;
    }

    /// <summary>Exit code for an error that travelled as data.</summary>
    public static int CodeOf(WorkError error) => error.Code switch
    {
        ErrorCodes.InvalidArgument or SecurityErrors.UnsafeHosting or SecurityErrors.AccountExists => ExitCodes.Usage,
        ErrorCodes.RunNotFound or ErrorCodes.CheckpointNotFound or ErrorCodes.SweepNotFound or ErrorCodes.SearchNotFound or ErrorCodes.AblationNotFound or ErrorCodes.ExtractionNotFound or ErrorCodes.BlobNotFound
            or SecurityErrors.AccountNotFound or SecurityErrors.KeyNotFound => ExitCodes.NotFound,
        ErrorCodes.HostUnreachable or ErrorCodes.HomeInUse or ErrorCodes.HomeNotWritable or ErrorCodes.PortInUse
            or ErrorCodes.DatabaseUnreachable or ErrorCodes.DatabaseRefused or ErrorCodes.DatabaseSchema or ErrorCodes.TlsFailed => ExitCodes.HostUnavailable,
        _ => ExitCodes.Failure,
    };

    private static (string Message, string Remedy, int Code) Describe(Exception exception) => exception switch
    {
        CliException e => (e.Message, e.Remedy, e.ExitCode),
        PoaException e => (e.Error.Message, e.Error.Remedy, CodeOf(e.Error)),
        ConfigurationException e => (e.Message, "Correct it; `poa config --reference` lists every key with its range.", ExitCodes.Usage),
        DatasetException e => (e.Message, "Correct the data specification or the folder; see `poa train --help`.", ExitCodes.Usage),
        UnreadableImageException e => (e.Message, "Replace or remove that file.", ExitCodes.Usage),
        FormatException e => (e.Message, "Correct the value.", ExitCodes.Usage),
        NotSupportedException e => (e.Message, "Choose a setting that this version supports.", ExitCodes.Usage),
        StorageException { Fault: StorageFault.Full or StorageFault.ReadOnly or StorageFault.AccessDenied } e =>
            (e.Message, e.Remedy ?? "Choose another folder with --home, or make room.", ExitCodes.HostUnavailable),
        StorageException e => (e.Message, e.Remedy ?? "Try again.", ExitCodes.Failure),
        PublishedWeightsException => (exception.Message, "See every tensor with: poa weights inspect FILE --preset NAME", ExitCodes.Usage),
        SafetensorsException or WeightMismatchException => (exception.Message, "Download the sub-network again.", ExitCodes.Failure),
        UnauthorizedAccessException => (exception.Message, "Mend the permissions, or choose another folder with --home.", ExitCodes.HostUnavailable),
        TorchUnavailableException => (exception.Message, "`poa doctor` checks the machine.", ExitCodes.Failure),
        IOException => (exception.Message, "Check room and permissions of the folder.", ExitCodes.Failure),
        TimeoutException => (exception.Message, "Try again; `poa doctor` shows whether the host is well.", ExitCodes.Failure),
        _ => ($"{exception.GetType().Name}: {exception.Message}", $"This should not happen. Set {TraceVariable}=1 to see where, and look into the host's log.", ExitCodes.Failure),
    };
}
