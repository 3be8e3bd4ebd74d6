namespace Poa.Elastic;

/// <summary>Stochastic depth of an architecture. A sub-network's block keeps the rate of its place in the intact network.</summary>
public interface IDropPathRates
{
    /// <summary>The greatest rate, in [0, 1); 0 for no stochastic depth at all.</summary>
    double DropPathRate { get; }

    /// <summary>Blocks of the intact network, numbered through its stages.</summary>
    int BlockCount { get; }

    /// <summary>
    /// Whether samples are always dropped independently of each other; otherwise, at rates that are not small, a fixed number of them is.
    /// </summary>
    bool DropsIndependently { get; }

    /// <summary>Rate of one block.</summary>
    /// <param name="block">Index in [0, <see cref="BlockCount"/>).</param>
    double DropPathRateOf(int block);
}
