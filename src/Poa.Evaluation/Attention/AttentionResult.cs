namespace Poa.Evaluation.Attention;

/// <summary>Where a sub-network's class token looks.</summary>
/// <param name="Network">Name of the sub-network.</param>
/// <param name="FocusShare">
/// <see cref="AttentionFocus.ShareHolding"/> in the last block, averaged over heads, then over images; in (0, 1].
/// </param>
/// <param name="Images">The images: the set, and how many were looked at.</param>
public sealed record AttentionResult(string Network, double FocusShare, DataCard Images);
