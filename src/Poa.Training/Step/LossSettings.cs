using Poa.Elastic;

namespace Poa.Training.Step;

/// <summary>Weights of the loss terms. A term of weight 0 is not computed.</summary>
/// <param name="ClassToken">Cross-view class-token loss, <c>dino.loss_weight</c>.</param>
/// <param name="MaskedPatch">Masked-patch loss, <c>ibot.loss_weight</c>.</param>
/// <param name="KoLeo">KoLeo regulariser, <c>dino.koleo_loss_weight</c>.</param>
/// <param name="Intact">
/// Share of the intact student, <c>dino.lambda_ie</c>; the elastic student's cross-view losses and its distillation from the
/// intact one have the rest (arXiv 2408.01031 §3.3; the paper's eq. 6 to 8 as the authors' code weights them).
/// </param>
public sealed record LossSettings(double ClassToken, double MaskedPatch, double KoLeo, double Intact)
{
    /// <summary>Share of the elastic student.</summary>
    public double Elastic => 1 - Intact;

    /// <summary>The weights of a configuration.</summary>
    public static LossSettings Of(PoaConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        return new(configuration.Dino.LossWeight, configuration.Ibot.LossWeight, configuration.Dino.KoleoLossWeight, configuration.Dino.LambdaIntactElastic);
    }
}
