namespace Poa.Evaluation.Classification.Knn;

/// <summary>Settings of the k-NN classifier. The defaults are the authors' (evaluation of DINOv2, arXiv 2304.07193, and POA).</summary>
public sealed record KnnSettings
{
    /// <summary>Numbers of neighbours to report, each at least 1.</summary>
    public IReadOnlyList<int> Ks { get; init; } = [10, 20, 100, 200];

    /// <summary>Temperature of the softmax over similarities, positive.</summary>
    public double Temperature { get; init; } = 0.07;

    /// <summary>What similarity search may hold in memory, in bytes. Results do not depend on it.</summary>
    public long MemoryBytes { get; init; } = 512L << 20;

    /// <exception cref="ArgumentException">A value is out of range; the message names it and the range.</exception>
    public void Validate()
    {
        if (Ks.Count == 0 || Ks.Any(k => k < 1) || Ks.Distinct().Count() != Ks.Count)
        {
            throw new ArgumentException($"k-NN: the list of k must hold different numbers of at least 1; it is [{string.Join(", ", Ks)}].");
        }

        if (!(Temperature > 0) || double.IsInfinity(Temperature))
        {
            throw new ArgumentException($"k-NN: the temperature must be a positive number; it is {Temperature}.");
        }

        if (MemoryBytes < 1 << 20)
        {
            throw new ArgumentException($"k-NN: the memory must be at least 1 MiB (1048576 bytes); it is {MemoryBytes}.");
        }
    }
}
