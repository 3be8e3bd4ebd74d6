namespace Poa.Networks;

/// <summary>Weights do not fit the network they are loaded into. Nothing was loaded; every fault is listed.</summary>
public sealed class WeightMismatchException : Exception
{
    internal WeightMismatchException(string source, IReadOnlyList<string> missing, IReadOnlyList<string> unexpected, IReadOnlyList<string> misshaped)
        : base(Describe(source, missing, unexpected, misshaped))
    {
        Missing = missing;
        Unexpected = unexpected;
        Misshaped = misshaped;
    }

    /// <summary>Names of tensors the network has and the weights lack.</summary>
    public IReadOnlyList<string> Missing { get; }

    /// <summary>Names of tensors the weights hold and the network does not have.</summary>
    public IReadOnlyList<string> Unexpected { get; }

    /// <summary>Names of tensors of another shape or of another kind of element, with both.</summary>
    public IReadOnlyList<string> Misshaped { get; }

    private static string Describe(string source, IReadOnlyList<string> missing, IReadOnlyList<string> unexpected, IReadOnlyList<string> misshaped)
    {
        (string What, IReadOnlyList<string> Names)[] faults = [("missing", missing), ("not part of the network", unexpected), ("of the wrong shape or type", misshaped)];
        var parts = faults.Where(f => f.Names.Count > 0).Select(f => $"{f.What}: {string.Join(", ", f.Names)}");
        return $"{source} does not fit the network; {string.Join("; ", parts)}.";
    }
}
