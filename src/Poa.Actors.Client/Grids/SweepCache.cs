namespace Poa.Actors.Client;

/// <summary>The sweeps read last, so that pages that are read again and again ask only for what has changed. Safe to use from several threads.</summary>
/// <param name="capacity">The most results that are kept, over all sweeps; a sweep larger than that is not kept.</param>
internal sealed class SweepCache(int capacity)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, LinkedListNode<SweepResults>> _byId = [];
    private readonly LinkedList<SweepResults> _newestFirst = new();
    private int _results;

    /// <summary>A sweep as it was read last; null if it is not kept.</summary>
    public SweepResults? Find(string sweep)
    {
        lock (_gate)
        {
            if (!_byId.TryGetValue(sweep, out var node))
            {
                return null;
            }

            _newestFirst.Remove(node);
            _newestFirst.AddFirst(node);
            return node.Value;
        }
    }

    /// <summary>Keeps a sweep, unless a later version of it is there, in the place of those that were not used for longest.</summary>
    public void Put(SweepResults sweep)
    {
        lock (_gate)
        {
            if (_byId.TryGetValue(sweep.Specification.SweepId, out var known))
            {
                if (known.Value.Snapshot.Version > sweep.Snapshot.Version)
                {
                    return;
                }

                Remove(known);
            }

            _byId[sweep.Specification.SweepId] = _newestFirst.AddFirst(sweep);
            _results += Size(sweep);
            while (_results > capacity)
            {
                Remove(_newestFirst.Last!);
            }
        }
    }

    // At least 1: also sweeps without results have an end.
    private static int Size(SweepResults sweep) => Math.Max(1, sweep.Results.Count);

    private void Remove(LinkedListNode<SweepResults> node)
    {
        _byId.Remove(node.Value.Specification.SweepId);
        _newestFirst.Remove(node);
        _results -= Size(node.Value);
    }
}
