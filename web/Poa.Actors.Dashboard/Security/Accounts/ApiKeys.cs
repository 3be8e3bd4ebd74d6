using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Poa.Actors.Dashboard.Security.Accounts;

/// <summary>API keys: <c>poa_</c>, eight hexadecimal digits that name the key, and 256 random bits.</summary>
internal static class ApiKeys
{
    /// <summary>How every key begins.</summary>
    public const string Begin = "poa_";

    private const int IdLength = 8;
    private const int SecretBytes = 32;

    /// <summary>A new key.</summary>
    /// <returns>Its id and its whole text.</returns>
    public static (string Id, string Secret) New()
    {
        var id = RandomNumberGenerator.GetHexString(IdLength, lowercase: true);
        return (id, $"{Begin}{id}_{Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(SecretBytes))}");
    }

    /// <summary>The id that a text names if it has the form of a key; null if not.</summary>
    public static string? IdOf(string text) =>
        text.StartsWith(Begin, StringComparison.Ordinal) && text.Length is > 20 and < 100 && text[Begin.Length + IdLength] == '_'
            ? text.Substring(Begin.Length, IdLength)
            : null;

    /// <summary>What is kept of a key.</summary>
    public static string Hash(string secret) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(secret)));

    /// <summary>Compares in constant time.</summary>
    public static bool Fits(string secret, string hash) =>
        CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(Hash(secret)), Encoding.ASCII.GetBytes(hash));
}
