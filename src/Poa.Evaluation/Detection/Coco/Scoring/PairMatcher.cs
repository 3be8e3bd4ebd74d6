namespace Poa.Evaluation.Detection.Coco;

/// <summary>
/// Matches the detections of one image and category to its objects as COCOeval does. One thread uses one matcher; its arrays are kept from
/// pair to pair.
/// </summary>
internal sealed class PairMatcher(CocoDetections detections, CocoPairs pairs, CocoOverlapKind kind)
{
    public const int Unmatched = -1;

    // A perfect overlap may round to a little below 1.
    private const double Perfect = 1 - 1e-10;

    private readonly CocoAnnotations set = detections.Annotations;
    private double[] overlaps = [];
    private int[] order = [];
    private bool[] ignored = [];
    private bool[] taken = [];

    /// <summary>Objects of the pair.</summary>
    public int Objects { get; private set; }

    /// <summary>Detections of the pair.</summary>
    public int Detections { get; private set; }

    /// <summary>Objects in the order of the last <see cref="Sort"/>: those that do not count come last.</summary>
    public ReadOnlySpan<int> Order => order.AsSpan(0, Objects);

    /// <summary>Whether an object does not count, by its place in the pair.</summary>
    public ReadOnlySpan<bool> Ignored => ignored.AsSpan(0, Objects);

    /// <summary>Overlap of a detection and an object, by their places in the pair.</summary>
    public double Overlap(int detection, int target) => overlaps[(detection * Objects) + target];

    /// <summary>Computes the overlaps of a pair.</summary>
    public void Load(CocoPair pair)
    {
        var objects = pairs.Objects.AsSpan(pair.Objects);
        var found = pairs.Detections.AsSpan(pair.Detections);
        (Objects, Detections) = (objects.Length, found.Length);
        Grow(ref overlaps, objects.Length * found.Length);
        Grow(ref order, objects.Length);
        Grow(ref ignored, objects.Length);
        Grow(ref taken, objects.Length);
        if (objects.Length == 0 || found.Length == 0)
        {
            return;
        }

        if (kind == CocoOverlapKind.Boxes)
        {
            LoadBoxes(objects, found);
        }
        else
        {
            LoadMasks(set.Images[pair.Image], objects, found);
        }
    }

    /// <summary>Says which objects count in an area range, and orders them.</summary>
    /// <returns>How many count.</returns>
    public int Sort(CocoPair pair, CocoAreaRange range)
    {
        var objects = pairs.Objects.AsSpan(pair.Objects);
        var counting = 0;
        for (var i = 0; i < objects.Length; i++)
        {
            var target = set.Annotations[objects[i]];
            ignored[i] = target.IsCrowd || range.Excludes(target.Area);
            if (!ignored[i])
            {
                order[counting++] = i;
            }
        }

        for (var (i, at) = (0, counting); i < objects.Length; i++)
        {
            if (ignored[i])
            {
                order[at++] = i;
            }
        }

        return counting;
    }

    /// <summary>Matches each detection, best score first, to the object it overlaps most among those left.</summary>
    /// <param name="pair">The pair loaded and sorted.</param>
    /// <param name="threshold">Least overlap.</param>
    /// <param name="matches">For each detection the place of its object in the pair, or <see cref="Unmatched"/>.</param>
    public void Match(CocoPair pair, double threshold, Span<int> matches)
    {
        var objects = pairs.Objects.AsSpan(pair.Objects);
        taken.AsSpan(0, Objects).Clear();
        for (var detection = 0; detection < Detections; detection++)
        {
            var best = Math.Min(threshold, Perfect);
            var match = Unmatched;
            foreach (var target in Order)
            {
                if (taken[target] && !set.Annotations[objects[target]].IsCrowd)
                {
                    continue;
                }

                if (match >= 0 && !ignored[match] && ignored[target])
                {
                    break; // what counts goes before what does not
                }

                // Not "at most": of equal ones the later wins.
                if (Overlap(detection, target) >= best)
                {
                    (best, match) = (Overlap(detection, target), target);
                }
            }

            matches[detection] = match;
            if (match >= 0)
            {
                taken[match] = true;
            }
        }
    }

    private void LoadBoxes(ReadOnlySpan<int> objects, ReadOnlySpan<int> found)
    {
        var at = 0;
        foreach (var detection in found)
        {
            var box = detections.BoxOf(detection);
            foreach (var target in objects)
            {
                var annotation = set.Annotations[target];
                overlaps[at++] = Coco.Overlap.Of(box, annotation.Box, annotation.IsCrowd);
            }
        }
    }

    private void LoadMasks(CocoImage image, ReadOnlySpan<int> objects, ReadOnlySpan<int> found)
    {
        // Made for this pair and dropped after it: the masks of a whole set would not fit.
        var truth = new (RunLengthMask Mask, CocoBox Box, bool Crowd)[objects.Length];
        for (var i = 0; i < objects.Length; i++)
        {
            var annotation = set.Annotations[objects[i]];
            var mask = annotation.Segmentation?.ToMask(image.Height, image.Width)
                ?? throw set.Fault($"annotation {annotation.Id}", "segmentation", "it is missing or empty", "Masks can only be scored where every object has one: score boxes, or add it.");
            truth[i] = (mask, mask.BoundingBox(), annotation.IsCrowd);
        }

        var at = 0;
        foreach (var detection in found)
        {
            var mask = detections.MaskOf(detection, image);
            var box = mask.BoundingBox();
            foreach (var (truthMask, truthBox, crowd) in truth)
            {
                // Walking two masks is dear; most have not even boxes in common.
                overlaps[at++] = Coco.Overlap.Of(box, truthBox, crowd) > 0 ? Coco.Overlap.Of(mask, truthMask, crowd) : 0;
            }
        }
    }

    private static void Grow<T>(ref T[] array, int length)
    {
        if (array.Length < length)
        {
            array = new T[Math.Max(length, 2 * array.Length)];
        }
    }
}
