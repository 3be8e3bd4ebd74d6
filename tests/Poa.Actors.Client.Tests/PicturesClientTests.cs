using System.Text;
using Poa.Actors.Abstractions;
using Poa.Actors.Tests;
using Poa.Elastic;
using Poa.Storage;

namespace Poa.Actors.Client.Tests;

[Collection(OneDevice.Name)]
public sealed class PicturesClientTests(ClusterFixture fixture) : IAsyncDisposable
{
    private static readonly EvaluationData Data = new("coco:/data?split=train", "coco:/data?split=val");
    private static readonly PoaConfiguration Configuration = PoaConfiguration.Load([]);
    private static readonly string SubNetwork = Configuration.Grid().Smallest.ToString();

    private readonly PoaClient _client = new(fixture.Client);
    private readonly string _folder = Directory.CreateTempSubdirectory("poa-pictures-").FullName;

    public ValueTask DisposeAsync()
    {
        Directory.Delete(_folder, recursive: true);
        return _client.DisposeAsync();
    }

    [Fact]
    public async Task FindNewest_SeveralResults_IsTheOneThatWasComputedLast()
    {
        var run = await CompletedAsync();
        Assert.Null(await _client.Pictures.FindNewestAsync(run, SubNetwork, Benchmarks.Coco));
        await EvaluateAsync(run, new() { ["iterations"] = "5" }, "one");
        await EvaluateAsync(run, new() { ["iterations"] = "6" }, "two", "three");
        await EvaluateAsync(run, new() { ["iterations"] = "7" });

        var found = (await _client.Pictures.FindNewestAsync(run, SubNetwork, Benchmarks.Coco))!;

        Assert.Equal(["two", "three"], found.Pictures.Select(picture => picture.Caption));
        Assert.Equal(new EvaluationKey(run, 0, SubNetwork, Benchmarks.Coco, EvaluationKey.Digest(Data, new Dictionary<string, string> { ["iterations"] = "6" })), found.Key);
        Assert.NotNull(found.FinishedAt);
        Assert.Equal(found.Pictures, (await _client.Pictures.FindNewestAsync(run, SubNetwork, Benchmarks.Coco, iteration: 0))!.Pictures);
        Assert.Null(await _client.Pictures.FindNewestAsync(run, SubNetwork, Benchmarks.Coco, iteration: 10));
        Assert.Null(await _client.Pictures.FindNewestAsync(run, SubNetwork, Benchmarks.Ade20k));
        Assert.Null(await _client.Pictures.FindNewestAsync(run, Configuration.Grid().Intact.ToString(), Benchmarks.Coco));
        Assert.Equal(ErrorCodes.InvalidArgument, (await Assert.ThrowsAsync<PoaException>(() => _client.Pictures.FindNewestAsync(run, "1x1", Benchmarks.Coco))).Code);
    }

    [Fact]
    public async Task Find_NothingComputed_IsNull() =>
        Assert.Null(await _client.Pictures.FindAsync(EvaluationKey.Of("none", 0, SubNetwork, "coco-0123456789abcdef")));

    [Fact]
    public async Task ToFolder_Pictures_AreNumberedAndVerified()
    {
        var run = await CompletedAsync();
        await EvaluateAsync(run, [], "one", "two");
        var set = (await _client.Pictures.FindNewestAsync(run, SubNetwork, Benchmarks.Coco))!;

        var paths = await _client.Pictures.ToFolderAsync(set, Path.Combine(_folder, "new"));

        Assert.Equal([$"{SubNetwork}.coco.01.jpg", $"{SubNetwork}.coco.02.jpg"], paths.Select(Path.GetFileName));
        Assert.Equal("two", await File.ReadAllTextAsync(paths[1]));

        var blobs = await _client.BlobsAsync();
        await blobs.UploadAsync(PicturesClient.BlobOf(set.Key, set.Pictures[0]), new MemoryStream("0ne"u8.ToArray()), BlobWriteCondition.Overwrite);
        Assert.Equal(ErrorCodes.DamagedFile, (await Assert.ThrowsAsync<PoaException>(() => _client.Pictures.ToFolderAsync(set, _folder))).Code);
        await blobs.DeleteAsync(PicturesClient.BlobOf(set.Key, set.Pictures[0]));
        Assert.Equal(ErrorCodes.BlobNotFound, (await Assert.ThrowsAsync<PoaException>(() => _client.Pictures.ToFolderAsync(set, _folder))).Code);
    }

    private async Task<string> CompletedAsync()
    {
        var run = (await _client.Runs.StartAsync(Configuration, "demo?split=train")).Specification.RunId;
        var work = await fixture.Executor.TrainingAsync(run);
        await work.CheckpointAsync(0);
        await work.CompleteAsync();
        await _client.Runs.WaitAsync(run);
        return run;
    }

    /// <summary>An evaluation whose pictures hold their own captions.</summary>
    private async Task EvaluateAsync(string run, Dictionary<string, string> options, params string[] captions)
    {
        var sweep = (await _client.Sweeps.StartAsync(run, Data, Benchmarks.Coco, [SubNetwork], options: options)).Specification;
        var batch = await fixture.Executor.BatchAsync(sweep.SweepId);
        var key = sweep.JobOf(SubNetwork);
        var store = new EvaluationPictureStore(await _client.BlobsAsync());
        var pictures = ImmutableArray.CreateBuilder<EvaluationPicture>();
        foreach (var caption in captions)
        {
            var file = await store.PublishAsync(
                new(key.Run, key.Iteration, key.SubNetwork, key.Question), sweep.SweepId, pictures.Count + 1, "jpg", Encoding.UTF8.GetBytes(caption));
            pictures.Add(new(file.Name, caption, file.Size, file.Sha256, 1, 1));
        }

        await batch.Reporter.ResultAsync([FakeWork.ResultOf(SubNetwork, 10) with { Benchmark = Benchmarks.Coco, Pictures = pictures.ToImmutable() }]);
        await batch.CompleteAsync();
        await _client.Sweeps.WaitAsync(sweep.SweepId);
    }
}
