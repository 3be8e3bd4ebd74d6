namespace Poa.Evaluation.Tests.Detection.Operators;

/// <summary>RoIAlign and its gradient, sample by sample (arXiv 1703.06870 §3, aligned), in double.</summary>
/// <param name="maps">Maps, each of [B, C, H, W] row by row.</param>
/// <param name="channels">C</param>
/// <param name="levels">Stride, height and width of each map.</param>
internal sealed class SlowRoiAlign(double[][] maps, int channels, (int Stride, int Height, int Width)[] levels)
{
    private delegate void Sampled(int output, int level, int pixel, double weight);

    public double[] Values(float[][] rois, int[] level, int size, int samplingRatio)
    {
        var values = new double[rois.Length * channels * size * size];
        ForEach(rois, level, size, samplingRatio, (output, l, pixel, weight) => values[output] += weight * maps[l][pixel]);
        return values;
    }

    public double[][] Gradients(float[][] rois, int[] level, int size, int samplingRatio, double[] gradOut)
    {
        double[][] gradients = [.. maps.Select(m => new double[m.Length])];
        ForEach(rois, level, size, samplingRatio, (output, l, pixel, weight) => gradients[l][pixel] += weight * gradOut[output]);
        return gradients;
    }

    private void ForEach(float[][] rois, int[] level, int size, int samplingRatio, Sampled sampled)
    {
        for (var roi = 0; roi < rois.Length; roi++)
        {
            var (stride, height, width) = levels[level[roi]];
            var (x, y) = ((rois[roi][1] / (double)stride) - 0.5, (rois[roi][2] / (double)stride) - 0.5);
            var (binX, binY) = (((rois[roi][3] / (double)stride) - 0.5 - x) / size, ((rois[roi][4] / (double)stride) - 0.5 - y) / size);
            var (across, down) = samplingRatio > 0 ? (samplingRatio, samplingRatio) : ((int)Math.Ceiling(binX), (int)Math.Ceiling(binY));
            for (var place = 0; place < channels * size * size; place++)
            {
                var (channel, row, column) = (place / (size * size), place / size % size, place % size);
                var first = (((int)rois[roi][0] * channels) + channel) * height * width;
                for (var sample = 0; sample < across * down && across > 0; sample++)
                {
                    var (sampleX, sampleY) = (x + (binX * column) + ((sample % across + 0.5) * binX / across), y + (binY * row) + ((sample / across + 0.5) * binY / down));
                    Bilinear(sampleX, sampleY, width, height, (pixel, weight) =>
                        sampled((roi * channels * size * size) + place, level[roi], first + pixel, weight / (across * down)));
                }
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
