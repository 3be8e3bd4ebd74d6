using static TorchSharp.torch;

namespace Poa.Evaluation.Features;

internal static class FeatureChecks
{
    /// <exception cref="ArgumentException">Not a float32 matrix, or a value is NaN or infinite; the message says which row.</exception>
    public static void ThrowIfNotFiniteMatrix(Tensor features_ND, string what)
    {
        if (features_ND.dim() != 2 || features_ND.dtype != ScalarType.Float32)
        {
            throw new ArgumentException($"{what}: a float32 matrix [images, width] is needed, this is {features_ND.dtype} [{string.Join(", ", features_ND.shape)}].");
        }

        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        var finite_N = features_ND.isfinite().all(1);
        if (!finite_N.all().item<bool>())
        {
            var row = finite_N.logical_not().nonzero()[0].item<long>();
            throw new ArgumentException(
                $"{what}: row {row} holds values that are not finite (NaN or infinity). The network has diverged or its weights are damaged; "
                + "evaluate an earlier checkpoint, or train again with a lower learning rate.");
        }
    }
}
