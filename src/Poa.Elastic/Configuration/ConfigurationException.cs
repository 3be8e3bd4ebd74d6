namespace Poa.Elastic;

/// <summary>One thing that is wrong with a configuration.</summary>
/// <param name="Key">The dotted key, for example <c>student.head_dim</c>; empty for a fault of a whole source.</param>
/// <param name="Value">The value as given, or null where there is none.</param>
/// <param name="Message">What is wrong, where it stands, and what would be right.</param>
public sealed record ConfigurationFault(string Key, string? Value, string Message);

/// <summary>A configuration cannot be used. It lists every fault, not the first.</summary>
public sealed class ConfigurationException : Exception
{
    /// <param name="faults">At least one fault.</param>
    public ConfigurationException(IReadOnlyList<ConfigurationFault> faults)
        : base(Describe(faults)) => Faults = faults;

    /// <summary>Everything that is wrong.</summary>
    public IReadOnlyList<ConfigurationFault> Faults { get; }

    private static string Describe(IReadOnlyList<ConfigurationFault> faults)
    {
        ArgumentNullException.ThrowIfNull(faults);
        return faults.Count == 1
            ? faults[0].Message
            : $"{faults.Count} faults in the configuration:{string.Concat(faults.Select(fault => $"{Environment.NewLine}  - {fault.Message}"))}";
    }
}
