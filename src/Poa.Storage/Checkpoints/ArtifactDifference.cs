namespace Poa.Storage;

/// <summary>Compares lists of files.</summary>
internal static class ArtifactDifference
{
    /// <returns>The first difference in words; null if both hold the same files.</returns>
    public static string? Between(IReadOnlyList<ArtifactFile> standing, IReadOnlyList<ArtifactFile> fresh)
    {
        var old = standing.ToDictionary(f => f.Name);
        foreach (var file in fresh)
        {
            if (!old.Remove(file.Name, out var other))
            {
                return $"it has no file {file.Name}";
            }

            if (other != file)
            {
                return $"its {file.Name} has {other.Size} bytes with SHA-256 {other.Sha256}, not {file.Size} bytes with {file.Sha256}";
            }
        }

        return old.Count == 0 ? null : $"it has the further file {old.Keys.First()}";
    }
}
