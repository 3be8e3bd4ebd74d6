using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Poa.Storage;

/// <summary>
/// Manifests as JSON. The first property, <c>checksum</c>, is the SHA-256 of all bytes behind its 64 digits, so that a damaged
/// manifest is known as such and not taken for another configuration.
/// </summary>
internal static class ManifestCodec
{
    private const int HexLength = 64;

    private static ReadOnlySpan<byte> Head => "{\n  \"checksum\": \""u8;

    public static byte[] Encode<T>(T manifest, JsonTypeInfo<T> type)
    {
        byte[] rest = [.. "\","u8, .. JsonSerializer.SerializeToUtf8Bytes(manifest, type).AsSpan(1), .. "\n"u8];
        return [.. Head, .. Encoding.ASCII.GetBytes(Convert.ToHexStringLower(SHA256.HashData(rest))), .. rest];
    }

    /// <returns>The manifest, or (null, what is wrong with the bytes).</returns>
    /// <exception cref="StorageException">A newer version of the software wrote it.</exception>
    public static (T? Manifest, string? Fault) Decode<T>(string blob, ReadOnlySpan<byte> bytes, JsonTypeInfo<T> type)
        where T : class, IArtifactManifest
    {
        if (bytes.Length < Head.Length + HexLength || !bytes.StartsWith(Head))
        {
            return (null, $"{bytes.Length} bytes that do not begin like a manifest");
        }

        var stated = Encoding.ASCII.GetString(bytes.Slice(Head.Length, HexLength));
        var actual = Convert.ToHexStringLower(SHA256.HashData(bytes[(Head.Length + HexLength)..]));
        if (stated != actual)
        {
            return (null, $"a text with the checksum {actual}, where it states {stated}");
        }

        try
        {
            var version = JsonSerializer.Deserialize(bytes, ManifestJson.Default.ManifestVersion)!.FormatVersion;
            if (version > IArtifactManifest.CurrentFormatVersion)
            {
                throw new StorageException(
                    StorageFault.Other,
                    $"{blob} has format version {version}; this software reads up to {IArtifactManifest.CurrentFormatVersion}.",
                    "Use the software version that wrote it, or a newer one.");
            }

            return JsonSerializer.Deserialize(bytes, type) is { } manifest ? (manifest, null) : (null, "null");
        }
        catch (JsonException e)
        {
            return (null, $"JSON of another form ({e.Message})");
        }
    }
}

/// <summary>The one property read before the rest is understood.</summary>
internal sealed record ManifestVersion(int FormatVersion);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true, NewLine = "\n")]
[JsonSerializable(typeof(CheckpointManifest))]
[JsonSerializable(typeof(SubNetworkManifest))]
[JsonSerializable(typeof(EvaluationStateManifest))]
[JsonSerializable(typeof(FrozenTeacherManifest))]
[JsonSerializable(typeof(ManifestVersion))]
internal sealed partial class ManifestJson : JsonSerializerContext;
