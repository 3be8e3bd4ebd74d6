using System.Reflection;

namespace Poa.Actors.Abstractions;

/// <summary>The version of this program.</summary>
public static class SoftwareVersion
{
    /// <summary>The informational version, which all assemblies of the program share.</summary>
    public static string Text { get; } =
        typeof(SoftwareVersion).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion;

    /// <summary>Product and version, as they stand in checkpoints and results: such as <c>Poa.Actors 0.1.0</c>.</summary>
    public static string Product { get; } = $"Poa.Actors {Text}";
}
