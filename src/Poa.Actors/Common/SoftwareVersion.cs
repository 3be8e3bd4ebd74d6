using System.Reflection;

namespace Poa.Actors;

/// <summary>The version of this program.</summary>
internal static class SoftwareVersion
{
    /// <summary>The informational version of this assembly.</summary>
    public static string Text { get; } =
        typeof(SoftwareVersion).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion;
}
