using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Serialization;

namespace Poa.Storage;

/// <summary>What checkpoints and extracted sub-networks have in common: files in one folder of blobs, and a manifest that lists them.</summary>
public interface IArtifactManifest
{
    /// <summary>Newest version of the manifest's form that this software writes and reads.</summary>
    const int CurrentFormatVersion = 1;

    /// <summary>Version of the manifest's form.</summary>
    int FormatVersion { get; }

    /// <summary>Name prefix of its blobs, ending with <c>/</c>.</summary>
    [JsonIgnore]
    string Folder { get; }

    /// <summary>Its files, without the manifest.</summary>
    IReadOnlyList<ArtifactFile> Files { get; }
}

/// <summary>A name for a set of files that depends on their content only.</summary>
internal static class ArtifactHash
{
    public static string Of(IEnumerable<ArtifactFile> files)
    {
        var lines = files.OrderBy(f => f.Name, StringComparer.Ordinal).Select(f => $"{f.Sha256} {f.Size} {f.Name}\n");
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Concat(lines))));
    }
}
