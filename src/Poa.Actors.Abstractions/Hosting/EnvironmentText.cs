namespace Poa.Actors.Abstractions;

/// <summary>Environment variables as people set them.</summary>
public static class EnvironmentText
{
    /// <summary>What a variable says, without the blanks around it; null if it is not set, or blank.</summary>
    /// <param name="environment">Reads environment variables.</param>
    /// <param name="name">Name of the variable.</param>
    public static string? TextOf(this Func<string, string?> environment, string name)
    {
        ArgumentNullException.ThrowIfNull(environment);
        return environment(name) is { } text && !string.IsNullOrWhiteSpace(text) ? text.Trim() : null;
    }
}
