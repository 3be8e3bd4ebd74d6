using Poa.Actors.Abstractions;

namespace Poa.Worker.Execution;

/// <summary>Knows how to do one kind of work.</summary>
internal interface IWorkHandler
{
    /// <summary>Whether this handler does <paramref name="work"/>.</summary>
    bool Handles(WorkItem work);

    /// <summary>
    /// Does the work, on the device's thread where tensors are touched. Ends with what came of it; where it was stopped
    /// (<see cref="StopSignal.Token"/>), after putting down what is to be kept, with <see cref="OperationCanceledException"/>.
    /// </summary>
    Task<WorkCompletion> ExecuteAsync(WorkContext context);
}
