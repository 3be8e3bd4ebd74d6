using Poa.Data.Datasets;
using Poa.Evaluation.Drawing;
using Poa.Networks;

namespace Poa.Evaluation.Attention;

/// <summary>Looks at the class token's attention in the first images of a set: a picture of each, and how concentrated it is.</summary>
/// <param name="images">How many images; at least 1.</param>
/// <param name="shorterSide">Pixels of the shorter side as the network sees them, see <see cref="NetworkImage"/>; null for the image's own.</param>
public sealed class AttentionEvaluator(int images, int? shorterSide = null)
{
    /// <summary>Runs a network over the images.</summary>
    /// <param name="network">The network.</param>
    /// <param name="name">What to call it.</param>
    /// <param name="dataset">The set; one with fewer images is looked at whole.</param>
    /// <param name="drawn">Gets each picture as soon as it is drawn.</param>
    /// <param name="cancellationToken">Stops between two images.</param>
    /// <exception cref="UnreadableImageException">An image is damaged.</exception>
    public AttentionResult Evaluate(PlainViT network, string name, IImageDataset dataset, Action<DrawnPicture> drawn, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(dataset);
        ArgumentNullException.ThrowIfNull(drawn);
        ArgumentOutOfRangeException.ThrowIfLessThan(images, 1);
        var count = Math.Min(images, dataset.Count);
        var sum = 0.0;
        for (var i = 0; i < count; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var maps = AttentionPicture.Of(network, dataset.Load(i), shorterSide);
            sum += maps.Heads.Average(head => AttentionFocus.ShareHolding(head));
            drawn(new($"{Path.GetFileName(dataset.DescribeItem(i))}: attention of the class token in the last block, mean and each head", AttentionPicture.Draw(maps)));
        }

        return new(name, sum / count, new(dataset.Name, dataset.Fingerprint, count, 0));
    }
}
