namespace Poa.Data.Scenes;

/// <summary>Masks as COCO's uncompressed run lengths: down the columns, pixels without and with in turn, without first.</summary>
internal static class MaskRuns
{
    /// <summary>What shows of an object of a scene.</summary>
    public static IReadOnlyList<int> Of(Scene scene, int number)
    {
        var counts = new List<int> { 0 };
        var (width, height) = (scene.Image.Width, scene.Image.Height);
        for (var x = 0; x < width; x++)
        {
            for (var y = 0; y < height; y++)
            {
                if (scene.Owners[(y * width) + x] == number != (counts.Count % 2 == 0))
                {
                    counts.Add(0);
                }

                counts[^1]++;
            }
        }

        return counts;
    }
}
