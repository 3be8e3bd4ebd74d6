namespace Poa.Evaluation.Detection.Networks;

/// <summary>Parts of a forward pass with losses.</summary>
internal enum DetectorPhase
{
    /// <summary>The backbone and its pyramid of maps.</summary>
    Backbone,

    /// <summary>The feature pyramid network.</summary>
    Neck,

    /// <summary>The region proposal network: outputs, losses, proposals.</summary>
    Proposals,

    /// <summary>The stages of the cascade.</summary>
    Cascade,
}

/// <summary>Looks at a training step from within, for measurements.</summary>
/// <param name="Passed">Told when a phase has ended.</param>
/// <param name="Drew">Told regions and positives of a stage.</param>
internal sealed record DetectorProbe(Action<DetectorPhase> Passed, Action<long, long> Drew);
