using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Poa.Data.Datasets;

namespace Poa.Data.Scenes;

/// <summary>What a set of scenes was made from and what it holds; written last, as <see cref="FileName"/>.</summary>
/// <param name="Recipe">The recipe.</param>
/// <param name="RecipeSha256">Hash of recipe, pictures and the maker's version.</param>
/// <param name="ContentSha256">Hash of the names and contents of all other files.</param>
/// <param name="Categories">Names of the object categories; COCO's ids of them are those of <see cref="SceneLabels.CategoryId"/>.</param>
/// <param name="Classes">Names of the classes of the label maps, that of label 1 first.</param>
public sealed record SceneManifest(
    SceneRecipe Recipe, string RecipeSha256, string ContentSha256, IReadOnlyList<string> Categories, IReadOnlyList<string> Classes)
{
    /// <summary>Name of the file in the set's folder.</summary>
    public const string FileName = "manifest.json";

    private static readonly JsonSerializerOptions OneLine = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        Converters = { new JsonStringEnumConverter() },
    };

    private static readonly JsonSerializerOptions Form = new(OneLine) { WriteIndented = true };

    /// <summary>The recipe in one line, for messages.</summary>
    internal string RecipeText => JsonSerializer.Serialize(Recipe, OneLine);

    internal static SceneManifest Of(SceneRecipe recipe, string recipeSha256, IReadOnlyList<string> categories, string folder) =>
        new(recipe, recipeSha256, HashOf(folder), categories, SceneLabels.Classes(categories));

    /// <summary>Reads the manifest of a set; null if the folder has none.</summary>
    /// <exception cref="DatasetException">The file is damaged.</exception>
    internal static SceneManifest? Load(string folder)
    {
        var path = Path.Combine(folder, FileName);
        if (!File.Exists(path))
        {
            return null;
        }

        try
        {
            return JsonSerializer.Deserialize<SceneManifest>(File.ReadAllText(path), Form) is { Recipe: not null } manifest
                ? manifest
                : throw new DatasetException($"{path} is no manifest of scenes. Name a folder that does not exist yet.");
        }
        catch (JsonException error)
        {
            throw new DatasetException($"{path} is no manifest of scenes: {error.Message} Name a folder that does not exist yet.", error);
        }
    }

    /// <summary>SHA-256 (lower-case hex) over the relative path and content of every file but the manifest.</summary>
    internal static string HashOf(string folder)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var files = Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(folder, file).Replace('\\', '/'));
        foreach (var file in files.Where(file => file != FileName).Order(StringComparer.Ordinal))
        {
            hash.AppendData(Encoding.UTF8.GetBytes(file + "\n"));
            hash.AppendData(SHA256.HashData(File.ReadAllBytes(Path.Combine(folder, file))));
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    internal void Save(string folder) => File.WriteAllText(Path.Combine(folder, FileName), JsonSerializer.Serialize(this, Form));
}
