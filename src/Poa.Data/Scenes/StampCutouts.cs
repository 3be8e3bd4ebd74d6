using System.Security.Cryptography;
using Poa.Data.Datasets;
using Poa.Data.Imaging;

namespace Poa.Data.Scenes;

/// <summary>
/// Pictures with transparency from Debian's package tuxpaint-stamps-default. Categories are its top folders that have enough of them; of
/// each category every fourth picture, in the order of the paths, is kept for validation. The package's mirrored doubles are left out.
/// </summary>
internal static class StampCutouts
{
    private const int LeastPictures = 16;
    private const int ValEvery = 4;

    /// <param name="folder">The package's folder of stamps.</param>
    /// <param name="maxSide">Larger pictures are reduced to this; nothing in a scene is larger.</param>
    public static CutoutLibrary Open(string folder, int maxSide)
    {
        if (!Directory.Exists(folder))
        {
            throw new DatasetException($"The folder {folder} does not exist. On Debian and Ubuntu, apt install tuxpaint-stamps-default puts the pictures into {SceneRecipe.DefaultStamps}.");
        }

        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var resampler = new BicubicResampler();
        var (names, train, val) = (new List<string>(), new List<List<Cutout>>(), new List<List<Cutout>>());
        foreach (var category in Directory.GetDirectories(folder).Order(StringComparer.Ordinal))
        {
            List<Cutout> cutouts = [.. Pictures(category).Select(file => Read(file, names.Count, maxSide, resampler, hash)).OfType<Cutout>()];
            if (cutouts.Count >= LeastPictures)
            {
                names.Add(Path.GetFileName(category));
                train.Add([.. cutouts.Where((_, i) => i % ValEvery != 0)]);
                val.Add([.. cutouts.Where((_, i) => i % ValEvery == 0)]);
            }
        }

        return names.Count > 0
            ? new(names, train, val, IsGrey: false, Convert.ToHexStringLower(hash.GetHashAndReset()))
            : throw new DatasetException($"No folder in {folder} holds {LeastPictures} PNG pictures with transparency. Name the folder 'stamps' of tuxpaint-stamps-default.");
    }

    private static IEnumerable<string> Pictures(string category) => Directory.EnumerateFiles(category, "*.png", SearchOption.AllDirectories)
        .Where(file => !Path.GetFileNameWithoutExtension(file).EndsWith("_mirror", StringComparison.Ordinal))
        .Order(StringComparer.Ordinal);

    private static Cutout? Read(string file, int category, int maxSide, BicubicResampler resampler, IncrementalHash hash)
    {
        var bytes = File.ReadAllBytes(file);
        hash.AppendData(SHA256.HashData(bytes));
        var picture = ImageDecoder.Decode(bytes, file);
        var opacity = new byte[picture.Width * picture.Height];
        for (var i = 0; i < opacity.Length; i++)
        {
            opacity[i] = picture.Pixels[(i * RgbImage.BytesPerPixel) + 3];
        }

        // Without transparency there is no outline to cut along.
        var cutout = opacity.Contains((byte)0) ? Cutout.Of(category, picture, opacity) : null;
        return cutout is not null && Math.Max(cutout.Colour.Width, cutout.Colour.Height) > maxSide ? cutout.Resized(maxSide, resampler) : cutout;
    }
}
