using static TorchSharp.torch;

namespace Poa.Evaluation.Classification.Linear;

/// <summary>Counts hits of the classifiers of one kind, one per learning rate.</summary>
internal sealed class LinearTally(int classifiers)
{
    private readonly long[] first = new long[classifiers];
    private readonly long[] firstFive = new long[classifiers];
    private long images;

    /// <summary>Counts a batch. Scores that are not finite, of a classifier that has diverged, are a miss.</summary>
    /// <param name="scores_BLC">[B, L, C]</param>
    /// <param name="labels_B">int64 [B]</param>
    public void Add(Tensor scores_BLC, Tensor labels_B)
    {
        using var scope = NewDisposeScope();
        var labels_B11 = labels_B.view(-1, 1, 1);
        var own_BL1 = scores_BLC.gather(2, labels_B11.expand(-1, scores_BLC.shape[1], 1));
        var isBefore_B1C = Numbers.Places(scores_BLC.shape[2], scores_BLC.device).view(1, 1, -1).less(labels_B11);
        // As many classes stand before the own one as have a higher score, or the same and a lower index.
        var ahead_BL = scores_BLC.greater(own_BL1).logical_or(scores_BLC.eq(own_BL1).logical_and(isBefore_B1C)).sum(new long[] { 2 });
        var isSound_BL = scores_BLC.isfinite().all(2);
        Count(ahead_BL, 1, isSound_BL, first);
        Count(ahead_BL, 5, isSound_BL, firstFive);
        images += labels_B.shape[0];
    }

    /// <summary>The accuracy of each classifier.</summary>
    public IEnumerable<LinearAccuracy> Accuracies(IReadOnlyList<LinearSetting> settings) =>
        settings.Select((setting, i) => new LinearAccuracy(setting, (double)first[i] / images, (double)firstFive[i] / images));

    private static void Count(Tensor ahead_BL, long places, Tensor isSound_BL, long[] hits)
    {
        using var limit = tensor(places, device: ahead_BL.device);
        var counts = ahead_BL.less(limit).logical_and(isSound_BL).sum(new long[] { 0 }).cpu().data<long>();
        for (var i = 0; i < hits.Length; i++)
        {
            hits[i] += counts[i];
        }
    }
}
