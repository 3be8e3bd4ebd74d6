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
    /// <exception cref="TrainingDivergedException">The run is to be rolled back.</exception>
    Task<WorkCompletion> ExecuteAsync(WorkContext context);
}

/// <summary>The training has gone wrong for longer than its configuration allows; the run's grain decides how it goes on.</summary>
internal sealed class TrainingDivergedException(TrainingDivergence divergence) : Exception(divergence.ToString())
{
    /// <summary>What is wrong.</summary>
    public TrainingDivergence Divergence { get; } = divergence;
}
