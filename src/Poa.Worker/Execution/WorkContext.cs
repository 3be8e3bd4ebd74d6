using Poa.Actors.Abstractions;
using Poa.Worker.Devices;

namespace Poa.Worker.Execution;

/// <summary>What a handler has to work with.</summary>
/// <param name="Lease">What to do, and the right to do it.</param>
/// <param name="Device">Where to compute.</param>
/// <param name="Scratch">An empty folder of this lease, removed at its end.</param>
/// <param name="Reporter">Takes reports; a refusal stops the work.</param>
/// <param name="Stop">Whether to stop.</param>
/// <param name="Log">Takes what people may want to read beside the reports; those are in it already.</param>
internal sealed record WorkContext(
    WorkLease Lease, WorkerDevice Device, string Scratch, FencedReporter Reporter, StopSignal Stop, WorkLog Log);
