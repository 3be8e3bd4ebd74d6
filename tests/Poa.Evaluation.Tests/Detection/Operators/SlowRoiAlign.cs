namespace Poa.Evaluation.Tests.Detection.Operators;

/// <summary>RoIAlign and its gradient, sample by sample (arXiv 1703.06870 §3, aligned), in double.</summary>
/// <param name="maps">Maps, each of [B, C, H, W] row by row.</param>
/// <param name="channels">C</param>
/// <param name="levels">Stride, height and width of each map.</param>
internal sealed class SlowRoiAlign(double[][] maps, int channels, (int Stride, int Height, int Width)[] levels)
{
    /// <param name="bin">Region times bins per region, plus the bin.</param>
    /// <param name="level">Level of the map.</param>
    /// <param name="image">Place in the batch.</param>
    /// <param name="pixel">Row times width, plus the column.</param>
    /// <param name="weight">Share of the pixel in the bin's average.</param>
    private delegate void Tap(int bin, int level, int image, int pixel, double weight);

    /// <returns>[R, C, size, size]</returns>
    public double[] Values(float[][] rois, int[] level, int size, int samplingRatio)
    {
        var values = new double[rois.Length * channels * size * size];
        ForEach(rois, level, size, samplingRatio, (bin, l, image, pixel, weight) =>
        {
            for (var c = 0; c < channels; c++)
            {
                values[Output(bin, c, size)] += weight * maps[l][Feature(l, image, c, pixel)];
            }
        });
        return values;
    }

    /// <returns>The gradient of each map, from that of the output.</returns>
    public double[][] Gradients(float[][] rois, int[] level, int size, int samplingRatio, double[] gradOut)
    {
        double[][] gradients = [.. maps.Select(m => new double[m.Length])];
        ForEach(rois, level, size, samplingRatio, (bin, l, image, pixel, weight) =>
        {
            for (var c = 0; c < channels; c++)
            {
                gradients[l][Feature(l, image, c, pixel)] += weight * gradOut[Output(bin, c, size)];
            }
        });
        return gradients;
    }

    private int Output(int bin, int channel, int size) => (((bin / (size * size) * channels) + channel) * size * size) + (bin % (size * size));

    private int Feature(int level, int image, int channel, int pixel) => (((image * channels) + channel) * levels[level].Height * levels[level].Width) + pixel;

    private void ForEach(float[][] rois, int[] level, int size, int samplingRatio, Tap tap)
    {
        for (var bin = 0; bin < rois.Length * size * size; bin++)
        {
            var (roi, row, column) = (bin / (size * size), bin / size % size, bin % size);
            var (stride, height, width) = levels[level[roi]];
            var (x, y) = ((rois[roi][1] / (double)stride) - 0.5, (rois[roi][2] / (double)stride) - 0.5);
            var (binX, binY) = (((rois[roi][3] / (double)stride) - 0.5 - x) / size, ((rois[roi][4] / (double)stride) - 0.5 - y) / size);
            var (across, down) = samplingRatio > 0 ? (samplingRatio, samplingRatio) : ((int)Math.Ceiling(binX), (int)Math.Ceiling(binY));
            for (var sample = 0; across > 0 && sample < across * down; sample++)
            {
                var sampleX = x + (binX * column) + ((sample % across + 0.5) * binX / across);
                var sampleY = y + (binY * row) + ((sample / across + 0.5) * binY / down);
                Bilinear(sampleX, sampleY, width, height, (pixel, weight) => tap(bin, level[roi], (int)rois[roi][0], pixel, weight / (across * down)));
            }
        }
    }

    private static void Bilinear(double x, double y, int width, int height, Action<int, double> tap)
    {
        if (x < -1 || y < -1 || x > width || y > height)
        {
            return;
        }

        (x, y) = (Math.Clamp(x, 0, width - 1), Math.Clamp(y, 0, height - 1));
        var (left, top) = ((int)x, (int)y);
        var (right, bottom) = (Math.Min(left + 1, width - 1), Math.Min(top + 1, height - 1));
        tap((top * width) + left, (1 - (y - top)) * (1 - (x - left)));
        tap((top * width) + right, (1 - (y - top)) * (x - left));
        tap((bottom * width) + left, (y - top) * (1 - (x - left)));
        tap((bottom * width) + right, (y - top) * (x - left));
    }
}
