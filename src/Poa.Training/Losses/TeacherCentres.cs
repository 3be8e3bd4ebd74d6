using Poa.Networks;
using TorchSharp;
using static TorchSharp.torch;

namespace Poa.Training.Losses;

/// <summary>
/// Running centres of the teacher's outputs, one per head branch (DINO, arXiv 2104.14294 §3.1). As in the authors' code the
/// update is lazy: a batch's mean enters the centre when the next batch asks for targets.
/// </summary>
/// <remarks>
/// A step first proposes its changes through <see cref="Propose"/>; <see cref="Commit"/> makes them, <see cref="Discard"/>
/// drops them, so that a step whose loss is not finite leaves no trace.
/// </remarks>
internal sealed class TeacherCentres : IDisposable
{
    private const double Momentum = 0.9;

    private readonly Tensor[] centres;
    private readonly Tensor[] batchMeans;
    private readonly (Tensor Centre, Tensor Mean)?[] proposals;

    /// <param name="prototypes">Prototypes of each branch.</param>
    /// <param name="device">Where the teacher's outputs lie.</param>
    public TeacherCentres(IReadOnlyList<int> prototypes, Device device)
    {
        using var scope = NewDisposeScope();
        centres = [.. prototypes.Select(k => zeros(1, k, device: device).DetachFromDisposeScope())];
        batchMeans = [.. prototypes.Select(k => zeros(1, k, device: device).DetachFromDisposeScope())];
        proposals = new (Tensor, Tensor)?[prototypes.Count];
    }

    /// <summary>[1, K] per branch, without the last batch.</summary>
    public IReadOnlyList<Tensor> Centres => centres;

    /// <summary>[1, K] per branch: mean of the last batch, which enters the centre at the next one. Meaningless unless <see cref="HasBatchMean"/>.</summary>
    public IReadOnlyList<Tensor> BatchMeans => batchMeans;

    /// <summary>A batch mean waits to enter the centres.</summary>
    public bool HasBatchMean { get; set; }

    /// <summary>Proposes to bring the centre up to date and to let a batch's mean wait for the next one.</summary>
    /// <param name="branch">Index of the head branch.</param>
    /// <param name="mean_1K">Mean of the teacher's outputs, [1, K].</param>
    public void Propose(int branch, Tensor mean_1K)
    {
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        using var toBatch = (1 - Momentum).ToScalar();
        Drop(branch);
        var centre = HasBatchMean
            ? centres[branch].Times(Momentum).add_(batchMeans[branch], toBatch)
            : centres[branch].clone();
        proposals[branch] = (centre.DetachFromDisposeScope(), mean_1K.clone().DetachFromDisposeScope());
    }

    /// <summary>softmax((x - centre) / temperature), with the proposed centre if there is one.</summary>
    /// <param name="branch">Index of the head branch.</param>
    /// <param name="logits_BK">Teacher head outputs, [B, K].</param>
    /// <param name="temperature">Teacher temperature.</param>
    /// <returns>[B, K], rows sum to 1.</returns>
    public Tensor Targets(int branch, Tensor logits_BK, double temperature)
    {
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        using var divisor = temperature.ToScalar();
        var centre = proposals[branch]?.Centre ?? centres[branch];
        return logits_BK.sub(centre).div_(divisor).softmax(-1).MoveToOuterDisposeScope();
    }

    /// <summary>Takes over what the branches proposed since the last call.</summary>
    public void Commit()
    {
        using var noGrad = no_grad();
        for (var i = 0; i < proposals.Length; i++)
        {
            if (proposals[i] is { } proposal)
            {
                centres[i].copy_(proposal.Centre);
                batchMeans[i].copy_(proposal.Mean);
                HasBatchMean = true;
            }
        }

        Discard();
    }

    /// <summary>Drops what the branches proposed.</summary>
    public void Discard()
    {
        for (var i = 0; i < proposals.Length; i++)
        {
            Drop(i);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Discard();
        foreach (var tensor in centres.Concat(batchMeans))
        {
            tensor.Dispose();
        }
    }

    private void Drop(int branch)
    {
        proposals[branch]?.Centre.Dispose();
        proposals[branch]?.Mean.Dispose();
        proposals[branch] = null;
    }
}
