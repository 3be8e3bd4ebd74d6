using System.Globalization;
using System.Text;

namespace Poa.Actors.Abstractions;

/// <summary>
/// Name of the log of a lease, as part of a blob's name: fencing token with ten digits (so that the order of names is the order
/// of leases), work id and shard, with <c>_</c> between. In the latter two a slash is written as <c>+</c>, and whatever is not a letter,
/// digit, dash or dot as <c>=</c> with four hexadecimal digits.
/// </summary>
/// <param name="FencingToken">Token of the lease, from 0.</param>
/// <param name="WorkId">The work item, see <see cref="Abstractions.WorkId"/>.</param>
/// <param name="Shard">The shard; its end is cut off where the name would become longer than <see cref="MaxLength"/>.</param>
public sealed record WorkLogName(long FencingToken, string WorkId, string Shard)
{
    /// <summary>The longest name, in characters: what a part of a blob's name may have, less an extension.</summary>
    public const int MaxLength = 190;

    private const int CodeLength = 4;

    /// <summary>The kind of work: what stands before the first slash of the work id.</summary>
    public string Kind => WorkId.Split('/')[0];

    /// <summary>The name as text.</summary>
    public override string ToString()
    {
        var name = new StringBuilder().Append(CultureInfo.InvariantCulture, $"{FencingToken:D10}_");
        Append(name, WorkId);
        name.Append('_');
        Append(name, Shard);
        return name.ToString();
    }

    /// <summary>Reads a name.</summary>
    /// <param name="text">The text; nothing is taken for granted.</param>
    /// <returns>The name; null if the text is none exactly as <see cref="ToString"/> writes it.</returns>
    public static WorkLogName? TryParse(string text)
    {
        var parts = text.Split('_');
        return parts.Length == 3 && long.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var token) &&
            Decode(parts[1]) is { } workId && Decode(parts[2]) is { } shard && new WorkLogName(token, workId, shard) is var name && name.ToString() == text
            ? name
            : null;
    }

    private static void Append(StringBuilder name, string text)
    {
        foreach (var c in text)
        {
            var part = c switch
            {
                '/' => "+",
                '-' or '.' => c.ToString(),
                _ when char.IsAsciiLetterOrDigit(c) => c.ToString(),
                _ => string.Create(CultureInfo.InvariantCulture, $"={(int)c:X4}"),
            };
            if (name.Length + part.Length > MaxLength)
            {
                return;
            }

            name.Append(part);
        }
    }

    private static string? Decode(string part)
    {
        var text = new StringBuilder();
        for (var i = 0; i < part.Length; i++)
        {
            if (part[i] != '=')
            {
                text.Append(part[i] == '+' ? '/' : part[i]);
            }
            else if (i + CodeLength < part.Length &&
                ushort.TryParse(part.AsSpan(i + 1, CodeLength), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var code))
            {
                text.Append((char)code);
                i += CodeLength;
            }
            else
            {
                return null;
            }
        }

        return text.ToString();
    }
}
