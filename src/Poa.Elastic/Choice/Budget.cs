namespace Poa.Elastic;

/// <summary>What a sub-network may cost; a limit that is null does not matter.</summary>
/// <param name="Parameters">The most parameters.</param>
/// <param name="MultiplyAccumulates">The most multiply-accumulates of one forward pass of one image.</param>
/// <param name="LatencyMilliseconds">The longest time of a forward pass, in milliseconds.</param>
public readonly record struct Budget(long? Parameters = null, long? MultiplyAccumulates = null, double? LatencyMilliseconds = null)
{
    /// <summary>True if anything fits.</summary>
    public bool IsUnlimited => Parameters is null && MultiplyAccumulates is null && LatencyMilliseconds is null;

    /// <summary>Whether a sub-network keeps to the limits; null if that depends on a latency that was not measured.</summary>
    /// <param name="candidate">The sub-network.</param>
    public bool? Allows(MeasuredSubNetwork candidate)
    {
        ArgumentNullException.ThrowIfNull(candidate);
        if (candidate.Parameters > Parameters || candidate.MultiplyAccumulates > MultiplyAccumulates || candidate.LatencyMilliseconds > LatencyMilliseconds)
        {
            return false;
        }

        return LatencyMilliseconds is null || !double.IsNaN(candidate.LatencyMilliseconds) ? true : null;
    }
}
