using Poa.Elastic;
using Poa.Networks;

namespace Poa.Evaluation.Features;

/// <summary>Checks of a selection of sub-networks.</summary>
internal static class Selection
{
    /// <exception cref="ArgumentException">No sub-network, or one twice.</exception>
    /// <exception cref="FormatException">One is not on the grid; the message lists what there is.</exception>
    public static void Require(ElasticBackbone teacher, IReadOnlyList<SubNetwork> subNetworks)
    {
        ArgumentNullException.ThrowIfNull(teacher);
        ArgumentNullException.ThrowIfNull(subNetworks);
        if (subNetworks.Count == 0 || subNetworks.Distinct().Count() != subNetworks.Count)
        {
            throw new ArgumentException($"Name at least one sub-network, and each once; these are [{string.Join(", ", subNetworks)}].");
        }

        foreach (var subNetwork in subNetworks.Where(s => !teacher.Grid.Contains(s)))
        {
            // Throws; the grid's own message lists what there is.
            teacher.Grid.Parse(subNetwork.ToString());
        }
    }
}
