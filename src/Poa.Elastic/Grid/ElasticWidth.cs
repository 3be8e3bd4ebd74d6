namespace Poa.Elastic;

/// <summary>Arithmetic of the elastic width (arXiv 2408.01031 §3.2).</summary>
public static class ElasticWidth
{
    /// <summary>Hidden channels of a feed-forward layer at <paramref name="width"/> of <paramref name="maxWidth"/> channels.</summary>
    /// <returns>trunc(width / maxWidth * maxHidden), at most <paramref name="maxHidden"/>.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The width is not in [1, maxWidth].</exception>
    public static int HiddenWidth(int width, int maxWidth, int maxHidden)
    {
        ThrowIfOutside(width, maxWidth);

        // In doubles, in this order, as the authors compute it: 60 of 88 with 352 hidden gives 239, exact arithmetic 240.
        return (int)((double)width / maxWidth * maxHidden);
    }

    /// <summary>The factor on a linear layer's input that makes up for the inputs left out: maxIn / activeIn.</summary>
    /// <param name="maxIn">Input channels of the intact layer.</param>
    /// <param name="activeIn">Input channels of the sub-network's layer, in [1, maxIn].</param>
    /// <param name="isScaled"><c>student.alpha_scaling</c>; without it the factor is 1.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="activeIn"/> is not in [1, maxIn].</exception>
    public static double Alpha(int maxIn, int activeIn, bool isScaled)
    {
        ThrowIfOutside(activeIn, maxIn);
        return isScaled ? (double)maxIn / activeIn : 1;
    }

    private static void ThrowIfOutside(int width, int maxWidth)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(width, maxWidth);
    }
}
