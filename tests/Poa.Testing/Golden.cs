using System.Text.Json;

namespace Poa.Testing;

/// <summary>
/// The folder of golden vectors: <c>POA_GOLDEN</c> where it is set, <c>tests/golden</c> of this repository otherwise.
/// Tests read shapes and settings from the case's JSON, so any folder of the same layout will do.
/// </summary>
public static class Golden
{
    public const string Trait = "Golden";

    public static string Folder { get; } =
        Environment.GetEnvironmentVariable("POA_GOLDEN") is { Length: > 0 } folder ? folder : Path.Combine(Repository.Root, "tests", "golden");

    /// <exception cref="FileNotFoundException">The folder has no such file; the message names both.</exception>
    public static string PathOf(string file) => In(Folder, file);

    public static JsonElement Json(string file) => Parse(PathOf(file));

    internal static string In(string folder, string file)
    {
        var path = Path.Combine(folder, file);
        return File.Exists(path) ? path : throw new FileNotFoundException($"The golden folder {folder} has no {file}.", path);
    }

    internal static JsonElement Parse(string path)
    {
        using var document = JsonDocument.Parse(File.ReadAllBytes(path));
        return document.RootElement.Clone();
    }
}
