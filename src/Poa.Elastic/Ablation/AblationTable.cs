using System.Collections.Immutable;

namespace Poa.Elastic;

/// <summary>The rows of an ablation as a file or a preset lists them.</summary>
/// <param name="Title">What it is about.</param>
/// <param name="Rows">At least one; the first is what the others are compared with.</param>
public sealed record AblationTable(string Title, ImmutableArray<AblationRow> Rows)
{
    /// <summary>The word that stands for every row.</summary>
    public const string AllRows = "all";

    /// <summary>
    /// Reads YAML: <c>title</c>, and below <c>rows</c> a list of mappings with <c>name</c>, and if need be <c>title</c>, <c>set</c> (a list of
    /// <c>key=value</c> texts) and <c>usual</c> (false for a row that is only run where it is named).
    /// </summary>
    /// <param name="source">The text.</param>
    /// <exception cref="ConfigurationException">Something is wrong; it lists every fault with its place.</exception>
    public static AblationTable Parse(ConfigurationSource source) => AblationReader.Read(source);

    /// <summary>The rows with the given names, in the order of the table.</summary>
    /// <param name="names">Names; the word <see cref="AllRows"/> alone for all; the usual ones if empty.</param>
    /// <exception cref="ConfigurationException">There is no such row; the message lists those there are.</exception>
    public ImmutableArray<AblationRow> Choose(IReadOnlyCollection<string> names)
    {
        ArgumentNullException.ThrowIfNull(names);
        if (names is { Count: 1 } && names.First() == AllRows)
        {
            return Rows;
        }

        return names.FirstOrDefault(name => Rows.All(row => row.Name != name)) is { } unknown
            ? throw new ConfigurationException([new("rows", unknown, $"There is no row '{unknown}'. There are: {string.Join(", ", Rows.Select(row => row.Name))}; {AllRows} stands for all.")])
            : names.Count == 0 ? [.. Rows.Where(row => row.IsUsual)] : [.. Rows.Where(row => names.Contains(row.Name))];
    }
}
