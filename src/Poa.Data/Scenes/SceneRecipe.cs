using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Poa.Data.Datasets;

namespace Poa.Data.Scenes;

/// <summary>Where the pictures of a scene come from.</summary>
public enum SceneSource
{
    /// <summary>The grey product photographs that come with the software; 10 categories.</summary>
    Fashion,

    /// <summary>The colour pictures of Debian's package tuxpaint-stamps-default, which has to be installed; folders as categories.</summary>
    Tuxpaint,
}

/// <summary>
/// All that decides what a set of scenes looks like: equal recipes over equal pictures give equal files, byte for byte. Sizes are in pixels.
/// The defaults fit the network of the preset <c>demo</c>: patches of 7 pixels, trained on objects whose longer side has 28.
/// </summary>
public sealed record SceneRecipe
{
    /// <summary>Where Debian's package puts its pictures.</summary>
    public const string DefaultStamps = "/usr/share/tuxpaint/stamps";

    // Changes whenever the same recipe would give other scenes than before.
    private const int Version = 1;

    private const int MaxScenes = 1_000_000;
    private const int LeastSide = 8;
    private const int LargestSide = 4096;
    private const int MostObjects = 64;

    /// <summary>Where the pictures come from.</summary>
    public SceneSource Source { get; init; } = SceneSource.Fashion;

    /// <summary>Folder of the pictures of <see cref="SceneSource.Tuxpaint"/>.</summary>
    public string Stamps { get; init; } = DefaultStamps;

    /// <summary>Scenes are a function of it.</summary>
    public long Seed { get; init; }

    /// <summary>Scenes to train on.</summary>
    public int TrainScenes { get; init; } = 400;

    /// <summary>Scenes to evaluate on, of other photographs.</summary>
    public int ValScenes { get; init; } = 100;

    /// <summary>Columns of a scene.</summary>
    public int Width { get; init; } = 112;

    /// <summary>Rows of a scene.</summary>
    public int Height { get; init; } = 112;

    /// <summary>Least number of objects tried.</summary>
    public int MinObjects { get; init; } = 1;

    /// <summary>Largest number of objects tried; one that would hide too much of others is left out.</summary>
    public int MaxObjects { get; init; } = 4;

    /// <summary>Least longer side of an object.</summary>
    public int MinSide { get; init; } = 21;

    /// <summary>Largest longer side of an object.</summary>
    public int MaxSide { get; init; } = 56;

    /// <summary>Share of an object's pixels that neither the scene's border nor nearer objects may hide.</summary>
    public double MinVisible { get; init; } = 0.5;

    /// <summary>Checks every value.</summary>
    /// <exception cref="DatasetException">One is out of range; the message names it, its value and the range.</exception>
    public void Validate()
    {
        Require(nameof(TrainScenes), TrainScenes, 1, MaxScenes);
        Require(nameof(ValScenes), ValScenes, 1, MaxScenes);
        Require(nameof(Width), Width, LeastSide, LargestSide);
        Require(nameof(Height), Height, LeastSide, LargestSide);
        Require(nameof(MinObjects), MinObjects, 0, MostObjects);
        Require(nameof(MaxObjects), MaxObjects, Math.Max(MinObjects, 1), MostObjects);
        Require(nameof(MinSide), MinSide, LeastSide, Math.Min(Width, Height));
        Require(nameof(MaxSide), MaxSide, MinSide, Math.Min(Width, Height));
        if (!(MinVisible is > 0 and <= 1))
        {
            throw new DatasetException(string.Create(CultureInfo.InvariantCulture, $"Scenes: {nameof(MinVisible)} is {MinVisible}; allowed is above 0 and up to 1."));
        }
    }

    /// <summary>SHA-256 (lower-case hex) of everything that the files depend on.</summary>
    /// <param name="pictures">Fingerprint of the pictures.</param>
    internal string Hash(string pictures) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Create(
        CultureInfo.InvariantCulture,
        $"scenes {Version}\n{Source} {pictures}\nseed {Seed}\nscenes {TrainScenes} {ValScenes}\nsize {Width} {Height}\nobjects {MinObjects} {MaxObjects}\nside {MinSide} {MaxSide}\nvisible {MinVisible:R}\n"))));

    private static void Require(string name, int value, int least, int most)
    {
        if (value < least || value > most)
        {
            throw new DatasetException(string.Create(CultureInfo.InvariantCulture, $"Scenes: {name} is {value}; allowed is {least} to {most}."));
        }
    }
}
