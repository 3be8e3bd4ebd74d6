namespace Poa.Storage.Tests;

internal static class CheckpointSamples
{
    public static readonly CheckpointDescription Description = new()
    {
        Configuration = new(Bytes.Sha256([1]), "student:\n  arch: vit_small\n"),
        SoftwareVersion = "0.1.0",
        Parent = 100,
        Properties = new Dictionary<string, string> { ["threads"] = "2" },
    };

    /// <summary>Three small files whose content depends on the number.</summary>
    public static IReadOnlyList<ArtifactContent> Files(int content) =>
    [
        ArtifactContent.FromBytes("teacher.safetensors", Bytes.Of(5000, content)),
        ArtifactContent.FromBytes("student.safetensors", Bytes.Of(6000, content + 1000)),
        ArtifactContent.FromBytes("session.json", Bytes.Of(70, content + 2000)),
    ];

    public static Task<CheckpointManifest> PublishAsync(this CheckpointStore store, long iteration, int content, PublishConflict conflict = PublishConflict.Fail) =>
        store.PublishAsync("run", iteration, Files(content), Description, conflict, TestContext.Current.CancellationToken);

    public static async Task<List<long>> IterationsAsync(this CheckpointStore store) =>
        await store.ListIterationsAsync("run", TestContext.Current.CancellationToken).ToListAsync(TestContext.Current.CancellationToken);
}
