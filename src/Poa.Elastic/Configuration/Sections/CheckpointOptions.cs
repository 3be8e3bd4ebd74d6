#pragma warning disable CS1591 // Each key is described by its attribute, which the printed reference shows too: one text, not two.

namespace Poa.Elastic;

/// <summary>Section <c>checkpoint</c> (ours).</summary>
public sealed record CheckpointOptions
{
    [ConfigurationKey("period_iterations", "Steps between checkpoints; 0 takes train.saveckp_freq epochs.", Min = 0)]
    public long PeriodIterations { get; init; }

    [ConfigurationKey("keep_last", "How many of the newest checkpoints stay.", Min = 1)]
    public int KeepLast { get; init; } = 3;

    [ConfigurationKey("keep_every", "Checkpoints at multiples of this many steps stay for good; 0 for none.", Min = 0)]
    public long KeepEvery { get; init; }
}
