using Poa.Actors.Abstractions;

namespace Poa.Worker.Execution;

/// <summary>One lease that is being worked on.</summary>
internal sealed class WorkExecution(WorkLease lease, IWorkReporter reporter) : IDisposable
{
    /// <summary>The lease.</summary>
    public WorkLease Lease { get; } = lease;

    /// <summary>Where its end is reported.</summary>
    public IWorkReporter Reporter { get; } = reporter;

    /// <summary>Whether it is to stop.</summary>
    public StopSignal Stop { get; } = new();

    /// <summary>Ends when the work has put everything down and its end was reported.</summary>
    public Task Ended { get; set; } = Task.CompletedTask;

    public void Dispose() => Stop.Dispose();
}
