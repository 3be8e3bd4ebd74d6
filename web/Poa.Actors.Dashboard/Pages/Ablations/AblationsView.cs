namespace Poa.Actors.Dashboard.Pages.Ablations;

/// <summary>What the page of ablations shows.</summary>
/// <param name="Ablations">The newest first.</param>
public sealed record AblationsView(IReadOnlyList<AblationEntry> Ablations);
