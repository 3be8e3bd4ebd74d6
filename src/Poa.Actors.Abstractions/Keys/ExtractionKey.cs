using System.Globalization;

namespace Poa.Actors.Abstractions;

/// <summary>Key of an extraction job: <c>run/iteration/sub-network</c>.</summary>
/// <param name="Run">Run id.</param>
/// <param name="Iteration">Iteration of the checkpoint.</param>
/// <param name="SubNetwork">Name of the sub-network, such as <c>384x12</c>.</param>
[GenerateSerializer, Immutable, Alias("poa.ExtractionKey")]
public sealed record ExtractionKey([property: Id(0)] string Run, [property: Id(1)] long Iteration, [property: Id(2)] string SubNetwork)
{
    /// <summary>The key as text.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Run}/{Iteration}/{SubNetwork}");

    /// <summary>Reads a key.</summary>
    /// <param name="text">Run, iteration and sub-network, with slashes between.</param>
    /// <exception cref="PoaException">The text is not of that form.</exception>
    public static ExtractionKey Parse(string text)
    {
        var parts = text.Split('/');
        return parts.Length == 3 && RunId.IsValid(parts[0]) && parts[2].Length > 0 &&
            long.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var iteration)
            ? new ExtractionKey(parts[0], iteration, parts[2])
            : throw new PoaException(ErrorCodes.InvalidArgument, $"'{text}' is not an extraction.", "Use run/iteration/sub-network.");
    }
}
