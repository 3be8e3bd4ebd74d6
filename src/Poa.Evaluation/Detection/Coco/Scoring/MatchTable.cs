using System.Collections.Concurrent;

namespace Poa.Evaluation.Detection.Coco;

/// <summary>
/// For every detection that counts, in the order of <see cref="CocoPairs.Detections"/>: at which overlap thresholds it found an object, and at
/// which it does not count, one bit a threshold; and how many objects of every category count. Separate for each area range.
/// </summary>
internal sealed class MatchTable
{
    private static readonly int Areas = CocoScoringOptions.AreaRanges.Length;

    private readonly uint[][] matched = new uint[Areas][];
    private readonly uint[][] ignored = new uint[Areas][];
    private readonly int[,] objects;

    private MatchTable(int categories, int detections)
    {
        objects = new int[Areas, categories];
        for (var area = 0; area < Areas; area++)
        {
            (matched[area], ignored[area]) = (new uint[detections], new uint[detections]);
        }
    }

    /// <summary>Matches all pairs. Each writes to places of its own, so the outcome does not depend on the threads.</summary>
    public static MatchTable Build(CocoDetections detections, CocoPairs pairs, CocoScoringOptions options, CancellationToken cancellationToken)
    {
        var table = new MatchTable(detections.Annotations.Categories.Count, pairs.Detections.Length);
        if (pairs.All.Count > 0)
        {
            var parallel = new ParallelOptions { MaxDegreeOfParallelism = options.Threads, CancellationToken = cancellationToken };
            try
            {
                Parallel.ForEach(
                    Partitioner.Create(0, pairs.All.Count, 64),
                    parallel,
                    () => new PairMatcher(detections, pairs, options.Kind),
                    (part, _, matcher) => table.Add(detections, pairs, part.Item1..part.Item2, matcher),
                    static _ => { });
            }
            catch (AggregateException error)
            {
                throw error.InnerExceptions[0]; // all are faults of the data; one is enough to say
            }
        }

        return table;
    }

    /// <summary>Objects of a category that count in an area range.</summary>
    public int Objects(int area, int category) => objects[area, category];

    public bool IsMatched(int area, int detection, int overlap) => (matched[area][detection] >> overlap & 1) != 0;

    public bool IsIgnored(int area, int detection, int overlap) => (ignored[area][detection] >> overlap & 1) != 0;

    private PairMatcher Add(CocoDetections detections, CocoPairs pairs, Range part, PairMatcher matcher)
    {
        Span<int> matches = stackalloc int[128];
        for (var p = part.Start.Value; p < part.End.Value; p++)
        {
            var pair = pairs.All[p];
            matcher.Load(pair);
            if (matches.Length < matcher.Detections)
            {
                matches = new int[matcher.Detections];
            }

            for (var area = 0; area < Areas; area++)
            {
                Add(detections, pairs, pair, area, matcher, matches);
            }
        }

        return matcher;
    }

    private void Add(CocoDetections detections, CocoPairs pairs, CocoPair pair, int area, PairMatcher matcher, Span<int> matches)
    {
        var range = CocoScoringOptions.AreaRanges[area];
        Interlocked.Add(ref objects[area, pair.Category], matcher.Sort(pair, range));
        var first = pair.Detections.Start.Value;
        for (var overlap = 0; overlap < CocoScoringOptions.OverlapThresholds.Length; overlap++)
        {
            matcher.Match(pair, CocoScoringOptions.OverlapThresholds[overlap], matches);
            for (var d = 0; d < matcher.Detections; d++)
            {
                var match = matches[d];
                var counts = match >= 0 && HasId(detections, pairs, pair, match);
                var outside = !counts && range.Excludes(detections.AreaOf(pairs.Detections[first + d]));
                matched[area][first + d] |= (counts ? 1u : 0) << overlap;
                ignored[area][first + d] |= (outside || (match >= 0 && matcher.Ignored[match]) ? 1u : 0) << overlap;
            }
        }
    }

    // COCOeval stores the matched object's id and takes 0 for "none": what finds the object of id 0 counts as a false detection there. Kept, for equal figures.
    private static bool HasId(CocoDetections detections, CocoPairs pairs, CocoPair pair, int match) =>
        detections.Annotations.Annotations[pairs.Objects[pair.Objects.Start.Value + match]].Id != 0;
}
