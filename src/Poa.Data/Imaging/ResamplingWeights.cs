using System.Runtime.InteropServices;

namespace Poa.Data.Imaging;

/// <summary>
/// Fixed-point weights of one axis of a bicubic resampling: for every output position the first input position and the
/// weights of it and its successors, which sum to about 2^<see cref="PrecisionBits"/>.
/// </summary>
internal sealed class ResamplingWeights
{
    /// <summary>Fraction bits of a weight: 32 less 8 for the pixel and 2 for overshoot.</summary>
    public const int PrecisionBits = 22;

    /// <summary>One half in that form: added before the shift it rounds.</summary>
    public const int Half = 1 << (PrecisionBits - 1);

    /// <summary>The cubic kernel is zero from here on, in input pixels at scale 1.</summary>
    private const double Support = 2.0;

    private readonly List<int> starts = [];
    private readonly List<int> offsets = [];
    private readonly List<int> weights = [];
    private readonly List<double> exact = [];
    private (int Input, int Output, int First, int Count) current;

    /// <summary>First input position that output <paramref name="i"/> of the window draws on.</summary>
    public int Start(int i) => starts[i];

    /// <summary>How many input positions it draws on.</summary>
    public int Count(int i) => offsets[i + 1] - offsets[i];

    /// <summary>Their weights.</summary>
    public ReadOnlySpan<int> Of(int i) => CollectionsMarshal.AsSpan(weights)[offsets[i]..offsets[i + 1]];

    /// <summary>Computes the weights from <paramref name="input"/> to <paramref name="output"/> positions for outputs first .. first + count - 1.</summary>
    public void Compute(int input, int output, int first, int count)
    {
        if (current == (input, output, first, count))
        {
            return;
        }

        starts.Clear();
        offsets.Clear();
        weights.Clear();
        offsets.Add(0);
        var scale = (double)input / output;
        var stretch = Math.Max(scale, 1.0);
        var support = Support * stretch;
        for (var i = first; i < first + count; i++)
        {
            var centre = (i + 0.5) * scale;
            var from = Math.Max((int)(centre - support + 0.5), 0);
            var to = Math.Min((int)(centre + support + 0.5), input);
            exact.Clear();
            var sum = 0.0;
            for (var x = from; x < to; x++)
            {
                var weight = Cubic((x - centre + 0.5) * (1.0 / stretch));
                exact.Add(weight);
                sum += weight;
            }

            foreach (var weight in exact)
            {
                var scaled = (sum == 0.0 ? weight : weight / sum) * (1 << PrecisionBits);
                weights.Add((int)(scaled < 0 ? scaled - 0.5 : scaled + 0.5));
            }

            starts.Add(from);
            offsets.Add(weights.Count);
        }

        current = (input, output, first, count);
    }

    /// <summary>Keys' cubic convolution kernel with a = -0.5.</summary>
    private static double Cubic(double x)
    {
        const double a = -0.5;
        x = Math.Abs(x);
        return x switch
        {
            < 1.0 => ((((a + 2.0) * x) - (a + 3.0)) * x * x) + 1,
            < 2.0 => ((((x - 5) * x) + 8) * x - 4) * a,
            _ => 0.0,
        };
    }
}
