namespace Poa.Actors.Dashboard.Pages.Ablations;

/// <summary>What the page of an ablation shows.</summary>
/// <param name="Ablation">The ablation as it stands.</param>
public sealed record AblationView(AblationSnapshot Ablation)
{
    /// <summary>Its runs. One list for each snapshot: the table draws anew when it is given another.</summary>
    public IReadOnlyList<AblationRun> Runs { get; } = [.. Ablation.Runs];
}
