using Poa.Evaluation.Features;
using static TorchSharp.torch;

namespace Poa.Evaluation.Classification.Knn;

/// <summary>
/// Weighted k-nearest-neighbour classifier on L2-normalised features: cosine similarity, softmax-weighted vote
/// (arXiv 2408.01031 §4.1; the rules are those of the authors' evaluation). Deterministic: equal similarities go to the
/// training image with the lower index, equal votes to the class with the lower index; neither the memory budget nor the
/// number of threads of the scan changes a result.
/// </summary>
public sealed class KnnClassifier
{
    private readonly FeatureSet train;
    private readonly int classCount;
    private readonly KnnSettings options;
    private readonly int maxK;
    private readonly NeighbourSearch search;

    /// <param name="train">Normalised training features and labels.</param>
    /// <param name="classCount">Number of classes; labels lie in [0, classCount).</param>
    /// <param name="options">Settings; a k above the number of training images is clamped to it.</param>
    /// <param name="device">Where similarities are computed; the CPU by default.</param>
    /// <exception cref="ArgumentException">An option or a label is out of range.</exception>
    public KnnClassifier(FeatureSet train, int classCount, KnnSettings options, Device? device = null)
    {
        ArgumentNullException.ThrowIfNull(train);
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        CheckLabels(train, classCount, "training");
        (this.train, this.classCount, this.options) = (train, classCount, options);
        maxK = Math.Min(options.Ks.Max(), train.Rows.Count);
        search = new(train.Rows, maxK, options.MemoryBytes, device ?? CPU);
    }

    private delegate void Voted(int query, int kIndex, ReadOnlySpan<double> votes);

    /// <summary>Classifies every test image and counts the hits.</summary>
    /// <param name="test">Normalised test features and labels.</param>
    /// <param name="progress">Told the share done so far, from 0 to 1, from the calling thread.</param>
    /// <param name="cancellationToken">Stops between two tiles.</param>
    /// <returns>One entry per k, in the order of the options.</returns>
    public IReadOnlyList<KnnAccuracy> Score(FeatureSet test, Action<double>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(test);
        CheckLabels(test, classCount, "test");
        var tallies = options.Ks.Select(_ => new KnnTally(classCount)).ToArray();
        Vote(
            test.Rows,
            (query, k, votes) => tallies[k].Add(test.Labels[query], KnnVote.RankOf(test.Labels[query], votes)),
            progress,
            cancellationToken);
        return [.. options.Ks.Select((k, i) => tallies[i].Accuracy(k, Math.Min(k, maxK)))];
    }

    /// <summary>Votes per class of every query: rows of [queries, classes] that add up to at most 1.</summary>
    /// <param name="queries">Normalised features.</param>
    /// <param name="k">One of the options' k.</param>
    /// <param name="cancellationToken">Stops between two tiles.</param>
    /// <exception cref="ArgumentOutOfRangeException">The options do not list this k.</exception>
    public double[,] Votes(IFeatureRows queries, int k, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(queries);
        var wanted = options.Ks.ToList().IndexOf(k);
        if (wanted < 0)
        {
            throw new ArgumentOutOfRangeException(nameof(k), k, $"This classifier was made for k = {string.Join(", ", options.Ks)}.");
        }

        var result = new double[queries.Count, classCount];
        Vote(
            queries,
            (query, kIndex, votes) =>
            {
                for (var c = 0; kIndex == wanted && c < votes.Length; c++)
                {
                    result[query, c] = votes[c];
                }
            },
            null,
            cancellationToken);
        return result;
    }

    private void Vote(IFeatureRows queries, Voted voted, Action<double>? progress, CancellationToken cancellationToken)
    {
        var ascending = options.Ks.Index().OrderBy(k => k.Item).ToArray();
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = get_num_threads() };
        search.Run(
            queries,
            (first, table) => Parallel.For(
                0,
                table.Queries,
                parallel,
                () => new Scratch(maxK, classCount),
                (query, _, scratch) =>
                {
                    VoteOne(first + query, table.Read(query, scratch.Similarities, scratch.Indices), scratch, ascending, voted);
                    return scratch;
                },
                _ => { }),
            progress,
            cancellationToken);
    }

    private void VoteOne(int query, int found, Scratch scratch, (int Index, int Item)[] ascending, Voted voted)
    {
        KnnVote.Weights(scratch.Similarities.AsSpan(0, found), options.Temperature, scratch.Weights);
        Array.Clear(scratch.Votes);
        var neighbour = 0;
        foreach (var (index, k) in ascending)
        {
            for (; neighbour < Math.Min(k, found); neighbour++)
            {
                scratch.Votes[train.Labels[scratch.Indices[neighbour]]] += scratch.Weights[neighbour];
            }

            voted(query, index, scratch.Votes);
        }
    }

    private static void CheckLabels(FeatureSet set, int classCount, string which)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(classCount, 1);
        for (var i = 0; i < set.Labels.Count; i++)
        {
            if (set.Labels[i] < 0 || set.Labels[i] >= classCount)
            {
                throw new ArgumentException($"k-NN: {which} image {i} has the label {set.Labels[i]}; with {classCount} classes labels are 0 to {classCount - 1}.");
            }
        }
    }

    private sealed class Scratch(int k, int classCount)
    {
        public float[] Similarities { get; } = new float[k];

        public int[] Indices { get; } = new int[k];

        public double[] Weights { get; } = new double[k];

        public double[] Votes { get; } = new double[classCount];
    }
}
