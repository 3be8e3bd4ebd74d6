using System.Reflection;

namespace Poa.Worker.Work;

/// <summary>The version that stands in checkpoints and results.</summary>
internal static class SoftwareVersion
{
    /// <summary>Product and informational version, such as <c>Poa.Actors 0.1.0</c>.</summary>
    public static string Current { get; } = "Poa.Actors " +
        (typeof(SoftwareVersion).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown");
}
