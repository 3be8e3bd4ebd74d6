using static TorchSharp.torch;

namespace Poa.Evaluation.Dense.Training;

/// <summary>A part of a step's loss.</summary>
/// <param name="Name">As in the reference, for instance <c>decode.loss_seg</c>.</param>
/// <param name="Value">A scalar with its weight applied; the sum over all parts is minimised.</param>
public sealed record LossTerm(string Name, Tensor Value);

/// <summary>A network that <see cref="FineTuner{TBatch, TWorkspace}"/> can train.</summary>
/// <typeparam name="TBatch">A batch in host memory; valid during the call.</typeparam>
public interface IFineTuned<in TBatch>
{
    /// <summary>
    /// The network with all parameters and buffers, in fields. Those that need a gradient are trained; all buffers are part of a checkpoint.
    /// It must not change anything else from step to step.
    /// </summary>
    nn.Module Network { get; }

    /// <summary>The losses of a batch, with gradient. Called within a dispose scope, with the network in training mode.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="step">The step; every random choice is a function of it and the sample's place.</param>
    IReadOnlyList<LossTerm> Losses(TBatch batch, StepKey step);

    /// <summary>Images of a batch, for the rate.</summary>
    int ImagesOf(TBatch batch);
}
