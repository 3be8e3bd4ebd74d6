using System.Collections.Immutable;
using System.Globalization;

namespace Poa.Elastic;

/// <summary>A row of an ablation: what it changes in the configuration that all rows share.</summary>
/// <param name="Name">Short name, part of the ids of its runs: see <see cref="IsName"/>.</param>
/// <param name="Title">What a table calls it.</param>
/// <param name="Overrides"><c>key=value</c> texts; none for the row that the others are compared with.</param>
/// <param name="IsUsual">Whether it belongs to the table that nobody has chosen rows of.</param>
public sealed record AblationRow(string Name, string Title, ImmutableArray<string> Overrides, bool IsUsual = true)
{
    /// <summary>The longest name, in characters.</summary>
    public const int MaxNameLength = 20;

    /// <summary>The key that each run of a row gets by itself.</summary>
    public const string SeedKey = "train.seed";

    /// <summary>True for lower-case letters, digits and dashes, at most <see cref="MaxNameLength"/>, a letter or digit at both ends.</summary>
    /// <param name="text">The name to look at.</param>
    public static bool IsName(string text) =>
        text is { Length: > 0 and <= MaxNameLength } && text[0] != '-' && text[^1] != '-' && text.All(c => c is (>= 'a' and <= 'z') or (>= '0' and <= '9') or '-');

    /// <summary>The configuration of one of its runs.</summary>
    /// <param name="basis">What all rows share.</param>
    /// <param name="seed">Seed of the run.</param>
    /// <exception cref="ConfigurationException">An override is wrong, or does not go with the basis; every fault is named.</exception>
    public PoaConfiguration Configure(ConfigurationSource basis, long seed) =>
        PoaConfiguration.Load([basis], [.. Overrides, string.Create(CultureInfo.InvariantCulture, $"{SeedKey}={seed}")]);
}
