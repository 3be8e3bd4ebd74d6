using System.Globalization;
using Poa.Data.Imaging;
using Poa.Networks;
using static TorchSharp.torch;

namespace Poa.Evaluation.Drawing;

/// <summary>Shows where a network's class token looks: its attention in the last block, for each head and on average.</summary>
public static class AttentionPicture
{
    private const int PanelsInARow = 4;

    /// <summary>Weights of the class token on the patches.</summary>
    /// <param name="Image">The image as the network saw it.</param>
    /// <param name="Rows">Rows of patches.</param>
    /// <param name="Columns">Columns of patches.</param>
    /// <param name="Heads">For each head rows * columns weights, row by row.</param>
    public sealed record Maps(RgbImage Image, int Rows, int Columns, IReadOnlyList<float[]> Heads)
    {
        /// <summary>The average over the heads.</summary>
        public float[] Mean => [.. Enumerable.Range(0, Rows * Columns).Select(i => Heads.Average(head => head[i]))];
    }

    /// <summary>Runs a network on an image.</summary>
    /// <param name="network">The network.</param>
    /// <param name="image">An image of any size.</param>
    /// <param name="shorterSide">Pixels of the shorter side as the network sees it, see <see cref="NetworkImage"/>; null for the image's own.</param>
    public static Maps Of(PlainViT network, RgbImage image, int? shorterSide = null)
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(image);
        var configuration = network.Configuration;
        var seen = NetworkImage.Resize(image, configuration, shorterSide);
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        var attention_HN = network.ClassAttention(NetworkImage.ToTensor(seen, configuration).to(network.Device)).select(0, 0).cpu().contiguous();
        var (rows, columns) = (seen.Height / configuration.PatchSize, seen.Width / configuration.PatchSize);
        var weights = attention_HN.data<float>().ToArray();
        return new(seen, rows, columns, [.. weights.Chunk(rows * columns)]);
    }

    /// <summary>One sheet: the image, the average over the heads, and each head.</summary>
    public static RgbImage Draw(Maps maps)
    {
        ArgumentNullException.ThrowIfNull(maps);
        var scale = Pictures.ScaleOf(maps.Image);
        return Pictures.Sheet(
            [
                ("image", PictureCanvas.Of(maps.Image, scale).ToImage()),
                ("mean of heads", Pictures.HeatMap(maps.Image, maps.Mean, maps.Rows, maps.Columns)),
                .. maps.Heads.Select((head, i) => (string.Create(CultureInfo.InvariantCulture, $"head {i + 1}"), Pictures.HeatMap(maps.Image, head, maps.Rows, maps.Columns))),
            ],
            PanelsInARow);
    }
}
