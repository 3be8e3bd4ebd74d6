using System.Runtime.InteropServices;

namespace Poa.Storage;

/// <summary>Steps summed up: how many, statistics of each figure, and how often each sub-network was drawn.</summary>
internal sealed class MetricsBucket
{
    private readonly Dictionary<string, RunningStatistics> values = [];
    private readonly SortedDictionary<string, int> subNetworks = new(StringComparer.Ordinal);

    /// <summary>Steps taken in.</summary>
    public int Count { get; private set; }

    /// <summary>Statistics by name of the figure, in the order of their first appearance.</summary>
    public IReadOnlyDictionary<string, RunningStatistics> Values => values;

    /// <summary>Steps by name of the sub-network, in one order everywhere: a reader then finds names faster.</summary>
    public IReadOnlyDictionary<string, int> SubNetworks => subNetworks;

    /// <summary>Takes in one entry of a blob.</summary>
    public void Add(MetricsTable table, in MetricsEntry entry)
    {
        Count += entry.Count;
        foreach (var (name, statistics) in table.Values(entry))
        {
            CollectionsMarshal.GetValueRefOrAddDefault(values, table.Figures[name], out _).Add(statistics);
        }

        foreach (var (name, draws) in table.Draws(entry))
        {
            subNetworks[table.SubNetworks[name]] = subNetworks.GetValueOrDefault(table.SubNetworks[name]) + draws;
        }
    }

    /// <summary>Forgets everything.</summary>
    public void Clear()
    {
        Count = 0;
        values.Clear();
        subNetworks.Clear();
    }
}
