namespace Poa.Evaluation.Detection.Coco;

/// <summary>What belongs to one category in one image.</summary>
/// <param name="Category">Its place in the set's categories.</param>
/// <param name="Image">Its place in the set's images.</param>
/// <param name="Objects">Its objects, a stretch of <see cref="CocoPairs.Objects"/>.</param>
/// <param name="Detections">Its detections that count, a stretch of <see cref="CocoPairs.Detections"/>.</param>
internal readonly record struct CocoPair(int Category, int Image, Range Objects, Range Detections);

/// <summary>
/// Objects and detections sorted by category and image. Within a pair objects keep the order of the file; detections come by falling score,
/// equal ones in the order of the file, and those past the limit are left out.
/// </summary>
internal sealed class CocoPairs
{
    private readonly List<CocoPair> pairs = [];
    private readonly int[] categoryStarts;

    public CocoPairs(CocoDetections detections, int limit)
    {
        var set = detections.Annotations;
        var categories = set.Categories.Count;
        var (objectKeys, detectionKeys) = (new int[set.Annotations.Count, 2], new int[detections.All.Count, 2]);
        for (var i = 0; i < set.Annotations.Count; i++)
        {
            (objectKeys[i, 0], objectKeys[i, 1]) = (set.CategoryIndex(set.Annotations[i].CategoryId), set.ImageIndex(set.Annotations[i].ImageId));
        }

        for (var i = 0; i < detections.All.Count; i++)
        {
            (detectionKeys[i, 0], detectionKeys[i, 1]) = (set.CategoryIndex(detections.Items[i].CategoryId), set.ImageIndex(detections.Items[i].ImageId));
        }

        Objects = Sorted(objectKeys, categories, set.Images.Count);
        var sorted = Sorted(detectionKeys, categories, set.Images.Count);
        var (kept, atObject, atDetection) = (0, 0, 0);
        while (atObject < Objects.Length || atDetection < sorted.Length)
        {
            var next = Least(KeyAt(objectKeys, Objects, atObject), KeyAt(detectionKeys, sorted, atDetection));
            var (firstObject, firstDetection) = (atObject, atDetection);
            for (; KeyAt(objectKeys, Objects, atObject) == next; atObject++)
            {
            }

            for (; KeyAt(detectionKeys, sorted, atDetection) == next; atDetection++)
            {
            }

            sorted.AsSpan(firstDetection..atDetection).Sort((a, b) =>
                detections.Items[b].Score.CompareTo(detections.Items[a].Score) is var order and not 0 ? order : a.CompareTo(b));
            var count = Math.Min(limit, atDetection - firstDetection);
            sorted.AsSpan(firstDetection, count).CopyTo(sorted.AsSpan(kept));
            pairs.Add(new(next.Category, next.Image, firstObject..atObject, kept..(kept + count)));
            kept += count;
        }

        Detections = sorted[..kept];
        categoryStarts = new int[categories + 1];
        foreach (var pair in pairs)
        {
            categoryStarts[pair.Category + 1]++;
        }

        for (var category = 0; category < categories; category++)
        {
            categoryStarts[category + 1] += categoryStarts[category];
        }
    }

    /// <summary>Pairs that have something, by category and image.</summary>
    public IReadOnlyList<CocoPair> All => pairs;

    /// <summary>Places in the set's annotations.</summary>
    public int[] Objects { get; }

    /// <summary>Places in the detections.</summary>
    public int[] Detections { get; }

    /// <summary>The pairs of one category, by image.</summary>
    public Range OfCategory(int category) => categoryStarts[category]..categoryStarts[category + 1];

    private static (int Category, int Image) KeyAt(int[,] keys, int[] order, int at) => at < order.Length ? (keys[order[at], 0], keys[order[at], 1]) : (int.MaxValue, int.MaxValue);

    private static (int Category, int Image) Least((int Category, int Image) a, (int Category, int Image) b) => a.CompareTo(b) <= 0 ? a : b;

    /// <summary>Indices by category, then image, then their own order: two stable counting passes.</summary>
    private static int[] Sorted(int[,] keys, int categories, int images) =>
        Pass(Pass([.. Enumerable.Range(0, keys.GetLength(0))], keys, 1, images), keys, 0, categories);

    private static int[] Pass(int[] order, int[,] keys, int column, int distinct)
    {
        var starts = new int[distinct + 1];
        foreach (var index in order)
        {
            starts[keys[index, column] + 1]++;
        }

        for (var key = 0; key < distinct; key++)
        {
            starts[key + 1] += starts[key];
        }

        var sorted = new int[order.Length];
        foreach (var index in order)
        {
            sorted[starts[keys[index, column]]++] = index;
        }

        return sorted;
    }
}
