using System.Runtime.InteropServices;

namespace Poa.Cli;

/// <summary>
/// Ctrl+C and SIGTERM ask for a clean stop (a run writes a checkpoint first); a second one ends the process at once,
/// which loses nothing that was acknowledged: the run goes on from its last checkpoint.
/// </summary>
internal sealed class Signals : IDisposable
{
    private readonly CancellationTokenSource stop = new();
    private readonly PosixSignalRegistration interrupt;
    private readonly PosixSignalRegistration terminate;
    private readonly TextWriter error;
    private int count;

    public Signals(TextWriter error)
    {
        this.error = error;
        interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, OnSignal);
        terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, OnSignal);
    }

    /// <summary>Cancelled by the first signal.</summary>
    public CancellationToken Token => stop.Token;

    public void Dispose()
    {
        interrupt.Dispose();
        terminate.Dispose();
        stop.Dispose();
    }

    private void OnSignal(PosixSignalContext context)
    {
        if (Interlocked.Increment(ref count) > 1)
        {
            Environment.Exit(ExitCodes.Interrupted);
        }

        context.Cancel = true;
        error.WriteLine();
        error.WriteLine("Stopping cleanly ... (once more to stop at once)");
        stop.Cancel();
    }
}
