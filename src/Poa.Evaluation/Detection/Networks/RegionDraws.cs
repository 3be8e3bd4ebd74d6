namespace Poa.Evaluation.Detection.Networks;

/// <summary>Numbers the draws of anchors and regions within a step, so that each has random numbers of its own.</summary>
internal static class RegionDraws
{
    private const int DrawsPerImage = 64;

    public static long Anchors(int image) => (long)image * DrawsPerImage;

    public static long Regions(int image, int stage) => Anchors(image) + 1 + stage;
}
