using System.Diagnostics;
using Poa.Evaluation.Detection.Coco;
using Poa.Evaluation.Detection.Data;
using Poa.Evaluation.Detection.Networks;
using static TorchSharp.torch;

namespace Poa.Evaluation.Detection;

/// <summary>Runs a detector over every image of a set.</summary>
/// <param name="detector">The detector.</param>
/// <param name="dataset">The set; results carry its ids.</param>
/// <param name="images">What is done to images.</param>
internal sealed class DetectionPass(Detector detector, CocoDetectionDataset dataset, DetectionImageOptions images)
{
    /// <param name="progressed">Told images done and images per second after every image.</param>
    /// <param name="detected">Told what was found in each image, by its place in the set.</param>
    /// <param name="cancellationToken">Stops between two images.</param>
    /// <returns>Image by image, best score first.</returns>
    public IReadOnlyList<CocoDetection> Run(
        Action<long, double>? progressed, Action<int, IReadOnlyList<CocoDetection>>? detected, CancellationToken cancellationToken)
    {
        detector.eval();
        var samples = new DetectionSamples(dataset, images, masks: false);
        var all = new List<CocoDetection>();
        var started = Stopwatch.GetTimestamp();
        for (var image = 0; image < dataset.Count; image++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            using var scope = NewDisposeScope();
            using var batch = samples.Test(image, out var stored);
            CocoDetection[] found = [.. Records(dataset.Annotations.Images[image].Id, detector.Detect(batch, stored))];
            all.AddRange(found);
            detected?.Invoke(image, found);
            progressed?.Invoke(image + 1, (image + 1) / Math.Max(Stopwatch.GetElapsedTime(started).TotalSeconds, 1e-9));
        }

        return all;
    }

    private IEnumerable<CocoDetection> Records(long id, ImageDetections found)
    {
        if (found.Labels_D.shape[0] == 0)
        {
            return []; // TorchSharp has no array of an empty tensor
        }

        var boxes = found.Boxes_D4.cpu().data<float>().ToArray();
        var scores = found.Scores_D.cpu().data<float>().ToArray();
        var labels = found.Labels_D.cpu().data<long>().ToArray();
        return labels.Select((label, d) => new CocoDetection(
            id,
            dataset.Annotations.Categories[(int)label].Id,
            scores[d],
            new(boxes[4 * d], boxes[(4 * d) + 1], boxes[(4 * d) + 2] - boxes[4 * d], boxes[(4 * d) + 3] - boxes[(4 * d) + 1]),
            found.Masks is { } masks ? CocoSegmentation.Of(masks[d]) : null));
    }
}
