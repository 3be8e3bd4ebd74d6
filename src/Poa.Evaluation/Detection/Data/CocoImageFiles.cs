using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Poa.Data.Datasets;
using Poa.Evaluation.Detection.Coco;

namespace Poa.Evaluation.Detection.Data;

/// <summary>Where the images of a set lie.</summary>
internal sealed class CocoImageFiles
{
    private readonly string[] paths;

    private CocoImageFiles(string[] paths, string fingerprint) => (this.paths, Fingerprint) = (paths, fingerprint);

    /// <summary>SHA-256 over the instances file and the names and sizes of its images.</summary>
    public string Fingerprint { get; }

    public string PathOf(int image) => paths[image];

    /// <exception cref="DatasetException">A file is not named or not there; the message names the first such image, and counts them.</exception>
    public static CocoImageFiles Of(string folder, CocoAnnotations annotations)
    {
        var root = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder)) + Path.DirectorySeparatorChar;
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        using (var instances = File.OpenRead(annotations.Name))
        {
            hash.AppendData(SHA256.HashData(instances));
        }

        var (paths, missing) = (new string[annotations.Images.Count], new List<CocoImage>());
        foreach (var (place, image) in annotations.Images.Index())
        {
            var name = image.FileName ?? throw annotations.Fault($"image {image.Id}", "file_name", "it is missing", "Images can only be read where the set names their files: add it.");
            var file = new FileInfo(Path.GetFullPath(Path.Combine(folder, name)));
            if (!file.FullName.StartsWith(root, StringComparison.Ordinal))
            {
                throw annotations.Fault($"image {image.Id}", "file_name", $"'{name}' leads out of the folder {folder}", "Name files within the folder of images.");
            }

            paths[place] = file.FullName;
            if (file.Exists)
            {
                hash.AppendData(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{name}\0{file.Length}\n")));
            }
            else
            {
                missing.Add(image);
            }
        }

        return missing is not [var first, ..]
            ? new(paths, Convert.ToHexStringLower(hash.GetHashAndReset()))
            : throw annotations.Fault(
                $"image {first.Id}",
                "file_name",
                $"there is no file {Path.Combine(folder, first.FileName!)}; {missing.Count} of {paths.Length} images are missing",
                "Give the folder that holds the set's images, or add the files.");
    }
}
