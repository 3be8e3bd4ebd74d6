using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using Poa.Networks;
using static TorchSharp.torch;

namespace Poa.Evaluation.Dense.Training;

/// <summary>
/// The checkpoints of one run: folders named by the number of steps, each with safetensors files and a manifest. A folder appears whole or
/// not at all; the last two are kept.
/// </summary>
internal sealed class FineTuningCheckpoints(string root)
{
    private const int Kept = 2;

    private const string PartialSuffix = ".partial";

    /// <summary>Writes a checkpoint and removes those that are no longer needed.</summary>
    /// <param name="manifest">Its list of files is filled in here.</param>
    /// <param name="files">Tensors by file name.</param>
    /// <returns>The folder.</returns>
    /// <exception cref="IOException">The disk is full or read-only.</exception>
    public string Save(FineTuningManifest manifest, IReadOnlyDictionary<string, IReadOnlyList<KeyValuePair<string, Tensor>>> files)
    {
        var folder = Path.Combine(root, manifest.Iteration.ToString("D10", CultureInfo.InvariantCulture));
        var partial = folder + PartialSuffix;
        Delete(partial);
        Directory.CreateDirectory(partial);
        foreach (var (name, tensors) in files)
        {
            Safetensors.Save(Path.Combine(partial, name), tensors);
        }

        (manifest with { Files = [.. files.Keys.Select(name => Describe(partial, name))] }).Write(partial);
        Delete(folder);
        Directory.Move(partial, folder);
        return folder;
    }

    /// <summary>Removes all but the last checkpoints up to one that has just been written, and what a killed process left half-written.</summary>
    public void Prune(long iteration)
    {
        foreach (var (_, folder) in Folders().Where(f => f.Iteration <= iteration).Skip(Kept))
        {
            Delete(folder);
        }

        foreach (var partial in Directory.EnumerateDirectories(root, $"*{PartialSuffix}"))
        {
            Delete(partial);
        }
    }

    /// <summary>The latest checkpoint that is whole.</summary>
    /// <param name="rejected">Told folder and reason of each later one that is not.</param>
    /// <returns>Manifest and folder, or null where there is none.</returns>
    public (FineTuningManifest Manifest, string Folder)? Latest(Action<string, string>? rejected)
    {
        foreach (var (iteration, folder) in Folders())
        {
            try
            {
                var manifest = FineTuningManifest.Read(folder);
                var fault = manifest.Iteration == iteration
                    ? manifest.Files.Select(file => FaultOf(folder, file)).FirstOrDefault(f => f is not null)
                    : $"its manifest is of step {manifest.Iteration}";
                if (fault is null)
                {
                    return (manifest, folder);
                }

                rejected?.Invoke(folder, fault);
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException or JsonException)
            {
                rejected?.Invoke(folder, error.Message);
            }
        }

        return null;
    }

    /// <summary>Checkpoint folders, the latest first.</summary>
    private IEnumerable<(long Iteration, string Folder)> Folders() =>
        from folder in Directory.Exists(root) ? Directory.GetDirectories(root) : []
        let number = long.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out var parsed) ? parsed : -1
        where number >= 0
        orderby number descending
        select (number, folder);

    private static FineTuningFile Describe(string folder, string name)
    {
        using var stream = File.OpenRead(Path.Combine(folder, name));
        return new(name, stream.Length, Convert.ToHexStringLower(SHA256.HashData(stream)));
    }

    private static string? FaultOf(string folder, FineTuningFile file)
    {
        var found = Describe(folder, file.Name);
        return found == file
            ? null
            : $"{file.Name} has {found.Bytes} bytes of SHA-256 {found.Sha256}, the manifest says {file.Bytes} of {file.Sha256}";
    }

    private static void Delete(string folder)
    {
        if (Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
