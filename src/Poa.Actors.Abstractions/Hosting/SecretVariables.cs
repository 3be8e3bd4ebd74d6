namespace Poa.Actors.Abstractions;

/// <summary>
/// Secrets come from the environment, never from arguments: <c>NAME</c> holds the secret, or <c>NAME_FILE</c> is the path of a file
/// with it, such as a mounted secret of a container.
/// </summary>
public static class SecretVariables
{
    /// <summary>What a variable ends with that names the file.</summary>
    public const string FileSuffix = "_FILE";

    /// <summary>Reads a secret from the environment of this process; null if it is not given.</summary>
    /// <param name="name">Name of the variable.</param>
    /// <exception cref="PoaException">The file cannot be read or is empty.</exception>
    public static string? Read(string name) => Read(name, Environment.GetEnvironmentVariable);

    /// <summary>Reads a secret; null if it is not given.</summary>
    /// <param name="name">Name of the variable.</param>
    /// <param name="environment">Reads environment variables.</param>
    /// <exception cref="PoaException">The file cannot be read or is empty.</exception>
    public static string? Read(string name, Func<string, string?> environment)
    {
        if (environment(name) is { Length: > 0 } secret)
        {
            return secret;
        }

        if (environment(name + FileSuffix) is not { Length: > 0 } file)
        {
            return null;
        }

        try
        {
            return File.ReadAllText(file).Trim() is { Length: > 0 } content ? content : throw Unusable(name, file, "it is empty");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Unusable(name, file, e.Message.TrimEnd('.'));
        }
    }

    private static PoaException Unusable(string name, string file, string why) => new(
        ErrorCodes.InvalidArgument,
        $"The secret of {name} cannot be read from {file}: {why}.",
        $"Set {name}, or {name}{FileSuffix} to a file with it.");
}
