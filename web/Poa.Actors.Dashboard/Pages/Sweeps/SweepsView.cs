namespace Poa.Actors.Dashboard.Pages.Sweeps;

/// <summary>What the page of sweeps shows.</summary>
/// <param name="Page">One page of sweeps.</param>
/// <param name="Work">All work that waits or is worked on.</param>
public sealed record SweepsView(SweepPage Page, IReadOnlyList<WorkStanding> Work);
