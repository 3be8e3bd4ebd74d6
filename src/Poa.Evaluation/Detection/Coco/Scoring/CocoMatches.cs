using System.Collections.Immutable;

namespace Poa.Evaluation.Detection.Coco;

/// <summary>What was matched in one image and category.</summary>
/// <param name="ImageId">The image.</param>
/// <param name="CategoryId">The category.</param>
/// <param name="Detections">Numbers of the detections (their place in the results plus 1), best score first.</param>
/// <param name="Objects">Ids of the objects: those that count in the order of the file, then the others.</param>
/// <param name="IgnoredObjects">For each object whether it does not count: a crowd, or of a size outside the range.</param>
/// <param name="MatchedObjects">For each overlap threshold the place in <paramref name="Objects"/> of each detection's object; -1 for none.</param>
/// <param name="IgnoredDetections">For each overlap threshold whether a detection does not count: it found such an object, or found none and is of a size outside the range.</param>
/// <param name="Overlaps">For each detection its overlap with every object.</param>
public sealed record CocoMatches(
    long ImageId,
    long CategoryId,
    ImmutableArray<int> Detections,
    ImmutableArray<long> Objects,
    ImmutableArray<bool> IgnoredObjects,
    ImmutableArray<ImmutableArray<int>> MatchedObjects,
    ImmutableArray<ImmutableArray<bool>> IgnoredDetections,
    ImmutableArray<ImmutableArray<double>> Overlaps)
{
    internal static CocoMatches Of(CocoDetections detections, CocoPairs pairs, CocoPair pair, CocoAreaRange range, PairMatcher matcher)
    {
        var set = detections.Annotations;
        matcher.Load(pair);
        matcher.Sort(pair, range);
        var (order, found) = (matcher.Order.ToArray(), pairs.Detections[pair.Detections]);
        var matches = new int[found.Length];
        var matched = ImmutableArray.CreateBuilder<ImmutableArray<int>>();
        var ignored = ImmutableArray.CreateBuilder<ImmutableArray<bool>>();
        foreach (var threshold in CocoScoringOptions.OverlapThresholds)
        {
            matcher.Match(pair, threshold, matches);
            matched.Add([.. matches.Select(match => Array.IndexOf(order, match))]);
            ignored.Add([.. matches.Select((match, d) => match >= 0 ? matcher.Ignored[match] : range.Excludes(detections.AreaOf(found[d])))]);
        }

        return new(
            set.Images[pair.Image].Id,
            set.Categories[pair.Category].Id,
            [.. found.Select(detection => detection + 1)],
            [.. order.Select(target => set.Annotations[pairs.Objects[pair.Objects.Start.Value + target]].Id)],
            [.. order.Select(target => matcher.Ignored[target])],
            matched.ToImmutable(),
            ignored.ToImmutable(),
            [.. Enumerable.Range(0, found.Length).Select(d => (ImmutableArray<double>)[.. order.Select(target => matcher.Overlap(d, target))])]);
    }
}
