using System.Collections.Immutable;

namespace Poa.Networks;

/// <summary>What becomes of a tensor when a network starts from a file of published weights.</summary>
public enum WeightFate
{
    /// <summary>Copied, in the network's own type.</summary>
    Used,

    /// <summary>Interpolated to the network's number of patches.</summary>
    Resized,

    /// <summary>Not in the file; set to what changes nothing: a factor of 1, a bias of 0.</summary>
    Neutral,

    /// <summary>Not in the file; stays as it is drawn for a new network.</summary>
    Initialised,

    /// <summary>In the file, and no part of such a network.</summary>
    Ignored,

    /// <summary>In the file and does not fit, or wanted and not in the file: nothing is loaded.</summary>
    Refused,
}

/// <summary>What becomes of one tensor.</summary>
/// <param name="Name">Its name in the file; for one that the file lacks, in the network.</param>
/// <param name="Fate">What becomes of it.</param>
/// <param name="Note">Why, or between which sizes; empty where there is nothing to say.</param>
/// <param name="Target">Its name in the network; null for one that has no place there.</param>
public sealed record WeightEntry(string Name, WeightFate Fate, string Note, string? Target);

/// <summary>What becomes of every tensor when a network starts from a file of published weights.</summary>
/// <param name="File">The file.</param>
/// <param name="Entries">Every tensor of the file in the order of names, then those that the network has beside.</param>
/// <param name="Faults">Why the file cannot be used, each with a remedy; empty if it can.</param>
/// <param name="Notes">What cannot be seen from the file and is taken for granted.</param>
public sealed record WeightReport(string File, ImmutableArray<WeightEntry> Entries, ImmutableArray<string> Faults, ImmutableArray<string> Notes)
{
    private const int Shown = 8;

    /// <summary>Whether the file can be used.</summary>
    public bool Fits => Faults.IsEmpty;

    /// <summary>One sentence: how many tensors are used, and by name all others.</summary>
    public string Summary()
    {
        var parts = new List<string> { $"{Of(WeightFate.Used).Count()} tensors used" };
        foreach (var (fate, words) in new[]
        {
            (WeightFate.Resized, "resized"), (WeightFate.Neutral, "not in the file and without effect"), (WeightFate.Initialised, "not in the file and drawn anew"), (WeightFate.Ignored, "ignored"),
            (WeightFate.Refused, "refused"),
        })
        {
            WeightEntry[] entries = [.. Of(fate)];
            if (entries.Length > 0)
            {
                parts.Add($"{entries.Length} {words} ({Names(entries)})");
            }
        }

        return string.Join("; ", [.. parts, .. Notes]) + ".";
    }

    private IEnumerable<WeightEntry> Of(WeightFate fate) => Entries.Where(entry => entry.Fate == fate);

    private static string Names(WeightEntry[] entries) => string.Join(", ", entries.Take(Shown).Select(Name)) + (entries.Length > Shown ? ", …" : "");

    private static string Name(WeightEntry entry) => entry.Note.Length > 0 ? $"{entry.Name}: {entry.Note}" : entry.Name;
}
