using System.Text;
using CsCheck;

namespace Poa.Storage.Tests;

public sealed class CheckpointDamageTests : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly LocalBlobStore blobs;
    private readonly CheckpointStore store;

    public CheckpointDamageTests() => (blobs, store) = (new(folder["blobs"]), new(new LocalBlobStore(folder["blobs"])));

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task OpenLatest_AllGood_GivesTheNewest()
    {
        Assert.Null(await store.OpenLatestAsync("run", folder["out"], cancellationToken: Token));
        await store.PublishAsync(100, 1);
        await store.PublishAsync(200, 2);

        var opened = await store.OpenLatestAsync("run", folder["out"], _ => Assert.Fail("Nothing is damaged."), cancellationToken: Token);

        Assert.Equal((200, 0), (opened!.Manifest.Iteration, opened.Damaged.Count));
        Assert.Equal(Bytes.Of(5000, 2), await File.ReadAllBytesAsync(Path.Combine(opened.Folder, "teacher.safetensors"), Token));
        Assert.Equal(100, (await store.OpenLatestAsync("run", folder["out"], accepts: manifest => manifest.Iteration < 200, cancellationToken: Token))!.Manifest.Iteration);
    }

    [Theory]
    [InlineData("teacher.safetensors", 1)] // a crash during the publication
    [InlineData("teacher.safetensors,session.json", 3)]
    [InlineData("teacher.safetensors,session.json,manifest.json", 1)] // a crash at its end
    public async Task Publish_StoreLosesWhatItAcknowledged_MakesItGood(string lost, int times)
    {
        var published = await new CheckpointStore(new ForgetfulBlobStore(blobs, "manifest.json", lost.Split(','), 1)).PublishAsync(100, 1);
        Assert.Empty(await store.VerifyAsync(published, Token));

        published = await new CheckpointStore(new ForgetfulBlobStore(blobs, "session.json", lost.Split(','), times)).PublishAsync(200, 1);
        Assert.Empty(await store.VerifyAsync(published, Token));
        Assert.Equal([100, 200], await store.IterationsAsync());
    }

    [Fact]
    public async Task Publish_StoreLosesItEachTime_SaysSo()
    {
        var e = await Assert.ThrowsAsync<StorageException>(() => new CheckpointStore(new ForgetfulBlobStore(blobs, "json", ["session.json"], int.MaxValue)).PublishAsync(100, 1));
        Assert.Equal(StorageFault.Unavailable, e.Fault);
        Assert.Contains("runs/run/checkpoints/0000000100/session.json", e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("flip")]
    [InlineData("cut")]
    [InlineData("longer")]
    [InlineData("empty")]
    [InlineData("missing")]
    public async Task OpenLatest_DamagedBlob_ReportsItAndTakesTheOneBefore(string damage)
    {
        await store.PublishAsync(100, 1);
        var newest = await store.PublishAsync(200, 2);
        var teacher = newest.Files.Single(f => f.Name == "teacher.safetensors");
        var blob = "runs/run/checkpoints/0000000200/teacher.safetensors";
        var actual = Damage(blob, damage);

        var reported = new List<ArtifactDamage>();
        var opened = await store.OpenLatestAsync("run", folder["out"], reported.Add, cancellationToken: Token);

        Assert.Equal(100, opened!.Manifest.Iteration);
        var found = Assert.Single(reported);
        Assert.Equal(reported, opened.Damaged);
        Assert.Equal((blob, $"5000 bytes with SHA-256 {teacher.Sha256}", actual), (found.Blob, found.Expected, found.Actual));
        Assert.False(Directory.Exists(folder["out/0000000200"])); // No half checkpoint lies about.
        Assert.Equal([found], await store.VerifyAsync(newest, Token));
        var e = await Assert.ThrowsAsync<CheckpointDamagedException>(() => store.DownloadAsync(newest, folder["direct"], null, Token));
        Assert.Contains(blob, e.Message);
        Assert.False(File.Exists(folder["direct/teacher.safetensors"]));

        await store.PublishAsync(200, 2); // The resumed run comes there again, with the same bits.
        Assert.Empty(await store.VerifyAsync(newest, Token));
    }

    [Fact]
    public async Task OpenLatest_EveryOneDamaged_Throws()
    {
        await store.PublishAsync(100, 1);
        await store.PublishAsync(200, 2);
        Damage("runs/run/checkpoints/0000000100/session.json", "flip");
        Damage("runs/run/checkpoints/0000000200/session.json", "missing");

        var e = await Assert.ThrowsAsync<CheckpointDamagedException>(() => store.OpenLatestAsync("run", folder["out"], cancellationToken: Token));
        Assert.Equal("runs/run/checkpoints/0000000200/session.json", e.Blob);
    }

    /// <summary>Any one changed byte of a manifest is noticed: no checkpoint passes with another configuration or parent than its own.</summary>
    [Fact]
    public async Task Manifest_AnyByteChanged_IsDamaged()
    {
        var name = "runs/run/checkpoints/0000000200/manifest.json";
        await store.PublishAsync(200, 2);
        var good = await File.ReadAllBytesAsync(folder["blobs/" + name], Token);
        await Gen.Select(Gen.Int[0, good.Length - 1], Gen.Byte[1, 255]).SampleAsync(async (position, difference) =>
        {
            var bad = (byte[])good.Clone();
            bad[position] ^= difference;
            await blobs.PutAsync(name, bad);
            return (await Assert.ThrowsAsync<CheckpointDamagedException>(() => store.FindAsync("run", 200, Token))).Blob == name;
        }, iter: 100, threads: 1);

        await store.PublishAsync(200, 2); // Publishing again replaces the damaged manifest.
        Assert.NotNull(await store.FindAsync("run", 200, Token));
    }

    [Fact]
    public async Task Manifest_CopiedToAnotherPlace_IsNotBelieved()
    {
        await store.PublishAsync(200, 2);
        await blobs.PutAsync("runs/run/checkpoints/0000000300/manifest.json", await blobs.GetAsync("runs/run/checkpoints/0000000200/manifest.json"));

        var reported = new List<ArtifactDamage>();
        Assert.Equal([200], (await store.ListAsync("run", reported.Add, Token)).Select(m => m.Iteration));
        Assert.Equal("runs/run/checkpoints/0000000300/manifest.json", Assert.Single(reported).Blob);
        Assert.Equal([200], (await store.ListAsync("run", null, Token)).Select(m => m.Iteration));
        Assert.Empty(await store.ApplyRetentionAsync("run", new(1), new HashSet<long>(), cancellationToken: Token)); // The good one is not taken for the older of two.
    }

    [Fact]
    public async Task Manifest_OfANewerFormat_IsRefusedAndNotTakenForDamage()
    {
        var manifest = await store.PublishAsync(200, 2);
        await blobs.PutAsync(
            "runs/run/checkpoints/0000000200/manifest.json",
            ManifestCodec.Encode(manifest with { FormatVersion = 2 }, ManifestJson.Default.CheckpointManifest));

        var e = await Assert.ThrowsAsync<StorageException>(() => store.OpenLatestAsync("run", folder["out"], cancellationToken: Token));
        Assert.Contains("format version 2", e.Message);
        Assert.IsNotType<CheckpointDamagedException>(e);
    }

    [Fact]
    public async Task Download_FilesThereAlready_AreKeptIfRightAndFetchedIfNot()
    {
        var manifest = await store.PublishAsync(200, 2);
        await store.DownloadAsync(manifest, folder["out"], null, Token);
        var kept = File.GetLastWriteTimeUtc(folder["out/student.safetensors"]);
        await File.WriteAllBytesAsync(folder["out/teacher.safetensors"], Bytes.Of(5000, 99), Token);

        await store.DownloadAsync(manifest, folder["out"], null, Token);

        Assert.Equal(kept, File.GetLastWriteTimeUtc(folder["out/student.safetensors"]));
        Assert.Equal(Bytes.Of(5000, 2), await File.ReadAllBytesAsync(folder["out/teacher.safetensors"], Token));
    }

    [Fact]
    public async Task Download_Some_FetchesOnlyThose()
    {
        var manifest = await store.PublishAsync(200, 2);
        await store.DownloadAsync(manifest, folder["out"], new HashSet<string> { "session.json" }, Token);

        Assert.Equal(["session.json"], Directory.GetFiles(folder["out"]).Select(Path.GetFileName));
        var e = await Assert.ThrowsAsync<ArgumentException>(() => store.DownloadAsync(manifest, folder["out"], new HashSet<string> { "weights" }, Token));
        Assert.Contains("teacher.safetensors", e.Message);
    }

    private string Damage(string blob, string damage)
    {
        var path = folder["blobs/" + blob];
        var bytes = File.ReadAllBytes(path);
        switch (damage)
        {
            case "missing":
                File.Delete(path);
                return "missing";
            case "flip":
                bytes[^1] ^= 1;
                break;
            case "longer":
                bytes = [.. bytes, .. Encoding.ASCII.GetBytes("x")];
                break;
            default:
                bytes = damage == "cut" ? bytes[..^1] : [];
                break;
        }

        File.WriteAllBytes(path, bytes);
        return $"{bytes.Length} bytes with SHA-256 {Bytes.Sha256(bytes)}";
    }
}
