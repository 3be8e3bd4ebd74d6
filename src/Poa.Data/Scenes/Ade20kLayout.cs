using System.Globalization;
using Poa.Data.Imaging;

namespace Poa.Data.Scenes;

/// <summary>
/// Scenes in ADE20K's layout: pictures in <c>images/training</c> and <c>images/validation</c>, label maps of the same names in <c>annotations/...</c>, and the
/// names of the C classes in <c>objectInfoC.txt</c>, as the challenge has them in <c>objectInfo150.txt</c>: a line of heads, then one for each label.
/// </summary>
internal sealed class Ade20kLayout(string folder, IReadOnlyList<string> categories)
{
    /// <summary>Name of the folder below the set's.</summary>
    public const string FolderName = "ade20k";

    /// <summary>Writes a picture and its label map.</summary>
    public void Add(SceneSplit split, int number, Scene scene, byte[] jpeg)
    {
        var (part, stem) = split == SceneSplit.Train ? ("training", "train") : ("validation", "val");
        var name = string.Create(CultureInfo.InvariantCulture, $"scene_{stem}_{number + 1:D8}");
        Write("images", part, name + ".jpg", jpeg);
        Write("annotations", part, name + ".png", ImageEncoder.EncodeGreyPng(scene.Image.Width, scene.Image.Height, [.. scene.Labels]));
    }

    /// <summary>Writes the names of the classes.</summary>
    public void Complete()
    {
        var classes = SceneLabels.Classes(categories);
        IEnumerable<string> lines = ["Idx\tName", .. classes.Select((name, i) => string.Create(CultureInfo.InvariantCulture, $"{i + 1}\t{name}"))];
        File.WriteAllLines(Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"objectInfo{classes.Count}.txt")), lines);
    }

    private void Write(string kind, string part, string file, byte[] content) =>
        File.WriteAllBytes(Path.Combine(Directory.CreateDirectory(Path.Combine(folder, kind, part)).FullName, file), content);
}
