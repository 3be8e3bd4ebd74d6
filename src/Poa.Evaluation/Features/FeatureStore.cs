namespace Poa.Evaluation.Features;

/// <summary>
/// A temporary folder of feature files, one per network and split. Everything in it is deleted on disposal; after a crash the
/// folder stays behind, under the folder that the owner named and may sweep.
/// </summary>
public sealed class FeatureStore : IDisposable
{
    private readonly string folder;
    private readonly Dictionary<string, FeatureFile> files = [];

    /// <param name="parentFolder">Where to make the folder; created if missing.</param>
    /// <exception cref="IOException">The folder cannot be made.</exception>
    public FeatureStore(string parentFolder)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(parentFolder);
        folder = Path.Combine(Path.GetFullPath(parentFolder), $"features-{Guid.NewGuid():N}");
        Directory.CreateDirectory(folder);
    }

    /// <summary>Checks that the disk has room before hours are spent.</summary>
    /// <param name="bytes">What is going to be written in all.</param>
    /// <exception cref="IOException">There is less; the message says how much is needed and what to do.</exception>
    public void RequireSpace(long bytes)
    {
        var free = new DriveInfo(folder).AvailableFreeSpace;
        if (bytes > free)
        {
            throw new IOException(
                $"The features need {bytes / 1e9:F1} GB below {folder}, where {free / 1e9:F1} GB are free. "
                + "Evaluate fewer sub-networks at a time, or choose a temporary folder on a larger disk.");
        }
    }

    /// <summary>Makes an empty feature file.</summary>
    /// <param name="network">Name of the sub-network, for instance 384x12.</param>
    /// <param name="split">Name of the split, for instance train.</param>
    /// <param name="width">Values per row.</param>
    /// <exception cref="IOException">There is one of that name already, or it cannot be written.</exception>
    public FeatureFile Create(string network, string split, int width)
    {
        var name = $"{network}.{split}.f32";
        var file = new FeatureFile(Path.Combine(folder, name), width);
        files.Add(name, file);
        return file;
    }

    /// <summary>Deletes the files of a network whose evaluation is over; the others stay.</summary>
    public void Release(string network)
    {
        foreach (var name in files.Keys.Where(name => name.StartsWith(network + ".", StringComparison.Ordinal)).ToArray())
        {
            files[name].Dispose();
            files.Remove(name);
        }
    }

    /// <summary>Deletes files and folder.</summary>
    public void Dispose()
    {
        foreach (var file in files.Values)
        {
            file.Dispose();
        }

        files.Clear();
        if (Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
