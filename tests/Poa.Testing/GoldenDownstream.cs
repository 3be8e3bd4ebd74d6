using System.Text.Json;

namespace Poa.Testing;

/// <summary>
/// The folder of golden vectors for downstream evaluations: <c>POA_GOLDEN_DOWNSTREAM</c> where it is set, <c>tests/golden-downstream</c>
/// of this repository otherwise. Files are named with their part, such as <c>coco_eval/gt.json</c>. The trait is <see cref="Golden.Trait"/>.
/// </summary>
public static class GoldenDownstream
{
    public static string Folder { get; } = Environment.GetEnvironmentVariable("POA_GOLDEN_DOWNSTREAM") is { Length: > 0 } folder
        ? folder
        : Path.Combine(Repository.Root, "tests", "golden-downstream");

    /// <exception cref="FileNotFoundException">The folder has no such file; the message names both.</exception>
    public static string PathOf(string file) => Golden.In(Folder, file);

    public static JsonElement Json(string file) => Golden.Parse(PathOf(file));
}
