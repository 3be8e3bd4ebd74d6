using Poa.Elastic;

namespace Poa.Actors.Dashboard.Pages.Runs;

/// <summary>A key that two configurations do not agree on.</summary>
/// <param name="Key">Dotted key, such as <c>optim.epochs</c>.</param>
/// <param name="Value">Its value here; null where the configuration does not have the key.</param>
/// <param name="Other">Its value there.</param>
public sealed record ConfigurationDifference(string Key, string? Value, string? Other)
{
    /// <summary>All keys with different values, in the canonical order of this configuration, then those that only the other has.</summary>
    /// <param name="configuration">This one.</param>
    /// <param name="other">The other.</param>
    public static IReadOnlyList<ConfigurationDifference> Between(PoaConfiguration configuration, PoaConfiguration other)
    {
        var there = other.Values().ToDictionary();
        var here = configuration.Values();
        var known = here.Select(pair => pair.Key).ToHashSet();
        return
        [
            .. here.Where(pair => there.GetValueOrDefault(pair.Key) != pair.Value).Select(pair => new ConfigurationDifference(pair.Key, pair.Value, there.GetValueOrDefault(pair.Key))),
            .. there.Where(pair => !known.Contains(pair.Key)).Select(pair => new ConfigurationDifference(pair.Key, null, pair.Value)),
        ];
    }

    /// <summary>The preset that a configuration differs least from.</summary>
    /// <param name="configuration">The configuration.</param>
    public static string NearestPreset(PoaConfiguration configuration) =>
        ConfigurationPresets.Names.MinBy(name => Between(configuration, ConfigurationPresets.Load(name)).Count)!;
}
