#pragma warning disable CS1591 // Each key is described by its attribute, which the printed reference shows too: one text, not two.

namespace Poa.Elastic;

/// <summary>Section <c>MODEL</c> of the authors' files.</summary>
public sealed record ModelOptions
{
    private const string StoredPrefix = "sha256:";
    private const int Sha256Digits = 64;

    [ConfigurationKey("WEIGHTS", "Published weights that the intact network starts from, of vision transformers: a safetensors file, which poa train puts into the store, or sha256:HASH for one that is there. Empty for a start from random weights.")]
    public string Weights { get; init; } = "";

    /// <summary>Hash (lower-case hexadecimal) of the stored file that <see cref="Weights"/> names; null where it names none.</summary>
    public string? StoredWeights =>
        Weights.StartsWith(StoredPrefix, StringComparison.Ordinal) && Weights.Length == StoredPrefix.Length + Sha256Digits && Weights.AsSpan(StoredPrefix.Length).IndexOfAnyExcept("0123456789abcdef") < 0
            ? Weights[StoredPrefix.Length..]
            : null;

    /// <summary>The value of <see cref="Weights"/> that names a stored file.</summary>
    /// <param name="sha256">Its hash, 64 lower-case hexadecimal digits.</param>
    public static string NameOf(string sha256) => StoredPrefix + sha256;
}
