namespace Poa.Training.Step;

/// <summary>Parts of a training step, in the order in which they end.</summary>
public enum StepPhase
{
    /// <summary>The teacher's forward pass and the targets made of it.</summary>
    Teacher,

    /// <summary>The intact student's forward pass and losses.</summary>
    IntactForward,

    /// <summary>The intact student's backward pass.</summary>
    IntactBackward,

    /// <summary>The elastic student's forward pass and losses.</summary>
    ElasticForward,

    /// <summary>The elastic student's backward pass.</summary>
    ElasticBackward,

    /// <summary>Gathering gradients, their norms, and the transfer of losses to the host.</summary>
    Gradients,

    /// <summary>Clipping, AdamW, the teacher's running average.</summary>
    Update,
}
