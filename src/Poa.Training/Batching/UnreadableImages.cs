using System.Collections.Concurrent;
using Poa.Data.Datasets;

namespace Poa.Training.Batching;

/// <summary>The images of a set that could not be read, each reported once. Safe for several threads.</summary>
internal sealed class UnreadableImages(Action<UnreadableImageException>? report)
{
    private readonly ConcurrentDictionary<int, UnreadableImageException> met = new();

    public IReadOnlyList<UnreadableImageException> All => [.. met.Values];

    public bool Contains(int index) => met.ContainsKey(index);

    public void Add(int index, UnreadableImageException error)
    {
        if (met.TryAdd(index, error))
        {
            report?.Invoke(error);
        }
    }
}
