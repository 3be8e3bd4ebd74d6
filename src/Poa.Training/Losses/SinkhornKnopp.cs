using static TorchSharp.torch;

namespace Poa.Training.Losses;

/// <summary>
/// Teacher targets by the Sinkhorn-Knopp algorithm (SwAV, arXiv 2006.09882 §3.1): an assignment of samples to prototypes
/// that uses all prototypes equally.
/// </summary>
internal static class SinkhornKnopp
{
    /// <summary>Iterations of the authors' code.</summary>
    public const int Iterations = 3;

    // Keeps a prototype or sample whose weights all underflow from turning into a division by zero.
    private const double Tiny = 1e-37;

    /// <param name="logits_BK">Teacher head outputs, [B, K]; no gradient is taken.</param>
    /// <param name="temperature">Teacher temperature.</param>
    /// <param name="iterations">Rounds of row and column normalisation.</param>
    /// <returns>[B, K], rows sum to 1.</returns>
    public static Tensor Assign(Tensor logits_BK, double temperature, int iterations = Iterations)
    {
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();

        // Every normalisation scales whole rows or columns, so Q = diag(v) P diag(u) throughout: only u and v are updated,
        // by matrix-vector products, and P is read but never rewritten. A constant factor on P cancels out, which
        // allows the largest logit to be subtracted against overflow.
        var p_BK = logits_BK.sub(logits_BK.max()).div_(temperature).exp_();
        var (samples, prototypes) = (p_BK.shape[0], p_BK.shape[1]);
        var v_B = ones(samples, device: p_BK.device);
        var u_K = ones(prototypes, device: p_BK.device);
        for (var i = 0; i < iterations; i++)
        {
            u_K = p_BK.t().mv(v_B).mul_((double)prototypes / samples).clamp_min_(Tiny).reciprocal_();
            v_B = p_BK.mv(u_K).clamp_min_(Tiny).reciprocal_();
        }

        return p_BK.mul_(u_K).mul_(v_B.unsqueeze(1)).MoveToOuterDisposeScope();
    }
}
