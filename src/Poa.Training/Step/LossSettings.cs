using Poa.Elastic;

namespace Poa.Training.Step;

/// <summary>Which students there are, and the weights of their loss terms. A term of weight 0 is not computed.</summary>
public sealed record LossSettings
{
    /// <summary>Class-token loss against the teacher, <c>dino.loss_weight</c>.</summary>
    public required double ClassToken { get; init; }

    /// <summary>Masked-patch loss, <c>ibot.loss_weight</c>.</summary>
    public required double MaskedPatch { get; init; }

    /// <summary>KoLeo regulariser, <c>dino.koleo_loss_weight</c>: of the mean over students.</summary>
    public required double KoLeo { get; init; }

    /// <summary>Distillation from a frozen teacher, <c>seed.loss_weight</c>.</summary>
    public required double Seed { get; init; }

    /// <summary>
    /// Share of the intact student, <c>dino.lambda_ie</c>, or null where there is none; a student without another has all (arXiv 2408.01031 §3.3; the
    /// paper's eq. 6 to 8 as the authors' code weights them).
    /// </summary>
    public required double? Intact { get; init; }

    /// <summary>Share of the elastic student, or null where there is none; same-view distillation has it, too.</summary>
    public required double? Elastic { get; init; }

    /// <summary>Whether the elastic student has a class-token loss, <c>dino.elastic_cross_view</c>.</summary>
    public required bool CrossView { get; init; }

    /// <summary>Whether the intact student's predictions are the elastic one's targets, <c>dino.elastic_same_view</c>.</summary>
    public required bool SameView { get; init; }

    /// <summary>Number of students.</summary>
    public int Students => (Intact is null ? 0 : 1) + (Elastic is null ? 0 : 1);

    /// <summary>The weights of a configuration.</summary>
    public static LossSettings Of(PoaConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        var (dino, student) = (configuration.Dino, configuration.Student);
        var lambda = (student.Intact, student.Elastic) switch
        {
            (true, false) => 1,
            (false, true) => 0,
            _ => dino.LambdaIntactElastic,
        };
        return new()
        {
            ClassToken = dino.LossWeight,
            MaskedPatch = configuration.Ibot.LossWeight,
            KoLeo = dino.KoleoLossWeight,
            Seed = configuration.Seed.LossWeight,
            Intact = student.Intact ? lambda : null,
            Elastic = student.Elastic ? 1 - lambda : null,
            CrossView = dino.ElasticCrossView,
            SameView = dino.ElasticSameView,
        };
    }
}
