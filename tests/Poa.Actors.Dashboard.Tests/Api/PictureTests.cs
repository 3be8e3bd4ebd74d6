using System.Net;
using Poa.Actors.Abstractions;
using Poa.Actors.Client;
using Poa.Actors.Tests;
using Poa.Storage;

namespace Poa.Actors.Dashboard.Tests.Api;

/// <summary>Pictures of stored results.</summary>
[Collection(ApiCollection.Name)]
public sealed class PictureTests(ApiFixture fixture) : IAsyncLifetime
{
    private static readonly EvaluationData Data = new("coco:/data?split=train", "coco:/data?split=val");
    private static readonly byte[] Bytes = [0xFF, 0xD8, 0xFF, .. Enumerable.Range(0, 5000).Select(i => (byte)(i * 7 / 3))];
    private EvaluationKey key = null!;
    private EvaluationPicture picture = null!;

    private string Folder => $"/api/v1/runs/{key.Run}/results/0/{ApiFixture.SubNetwork}/{key.Question}/pictures";

    private string Address => $"{Folder}/{picture.Name}";

    public async ValueTask InitializeAsync()
    {
        // Of the same run for all tests: a repeat finds what is stored.
        var sweep = (await fixture.Poa.Sweeps.StartAsync(fixture.Run, Data, Benchmarks.Coco, [ApiFixture.SubNetwork], sweep: "sweep-pictures")).Specification;
        key = sweep.JobOf(ApiFixture.SubNetwork);
        var file = await new EvaluationPictureStore(fixture.Blobs).PublishAsync(new(key.Run, key.Iteration, key.SubNetwork, key.Question), sweep.SweepId, 1, "jpg", Bytes);
        picture = new EvaluationPicture(file.Name, ApiFixture.Script, file.Size, file.Sha256, 640, 480);
        if (await fixture.Poa.Pictures.FindAsync(key) is null)
        {
            var batch = await fixture.Cluster.Executor.BatchAsync(sweep.SweepId);
            await batch.Reporter.ResultAsync([FakeWork.ResultOf(ApiFixture.SubNetwork, 12) with { Benchmark = Benchmarks.Coco, Pictures = [picture] }]);
            await batch.CompleteAsync();
            await fixture.Poa.Sweeps.WaitAsync(sweep.SweepId);
        }
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task Get_Picture_IsAnImageThatABrowserMayKeep()
    {
        using var answer = await fixture.Viewer.GetAsync(Address);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(Bytes, await answer.Content.ReadAsByteArrayAsync());
        Assert.Equal("image/jpeg", answer.Content.Headers.ContentType!.MediaType);
        Assert.Null(answer.Content.Headers.ContentDisposition);
        Assert.Equal($"\"{picture.Sha256}\"", answer.Headers.ETag!.Tag);
        Assert.True(answer.Headers.CacheControl is { Private: true, MaxAge.TotalDays: > 300 }, $"{answer.Headers.CacheControl}");
        Assert.NotNull(answer.Content.Headers.LastModified);
        Assert.Equal("nosniff", answer.Headers.GetValues("X-Content-Type-Options").Single());
    }

    [Fact]
    public async Task Get_KnownPicture_Is304()
    {
        using var answer = await fixture.Viewer.SendAsync(Http.Get(Address).With("If-None-Match", $"\"{picture.Sha256}\""));

        Assert.Equal(HttpStatusCode.NotModified, answer.StatusCode);
        Assert.Empty(await answer.Content.ReadAsByteArrayAsync());
    }

    [Fact]
    public async Task Head_Picture_TellsItsSize()
    {
        using var answer = await fixture.Viewer.SendAsync(new HttpRequestMessage(HttpMethod.Head, Address));

        Assert.Equal((HttpStatusCode.OK, Bytes.Length), (answer.StatusCode, answer.Content.Headers.ContentLength));
    }

    [Fact]
    public async Task Get_Results_TellTheAddressOfEachPicture()
    {
        var row = (await fixture.Viewer.JsonAsync($"/api/v1/runs/{key.Run}/results")).EnumerateArray().Single(row => row.GetProperty("question").GetString() == key.Question);
        var listed = row.GetProperty("result").GetProperty("pictures")[0];
        var cell = (await fixture.Viewer.JsonAsync($"/api/v1/runs/{key.Run}/grid?benchmark=coco")).GetProperty("cells").EnumerateArray()
            .Single(cell => cell.GetProperty("subNetwork").GetString() == ApiFixture.SubNetwork).GetProperty("results")[0];

        Assert.Equal((picture.Name, ApiFixture.Script, 640), (listed.GetProperty("name").GetString(), listed.GetProperty("caption").GetString(), listed.GetProperty("width").GetInt32()));
        Assert.Equal((key.Question, picture.Name), (cell.GetProperty("question").GetString(), cell.GetProperty("pictures")[0].GetProperty("name").GetString()));
    }

    [Theory]
    [InlineData("manifest.json")]
    [InlineData("..%2F..%2Fmanifest.json")]
    [InlineData("..%5C..%5Cmanifest.json")]
    [InlineData("%2Fetc%2Fpasswd")]
    [InlineData("%2e%2e%2f%2e%2e%2fconfig")]
    [InlineData("sweep-pictures.01.%00.jpg")]
    [InlineData("/../../../../etc/passwd")]
    public async Task Get_NameThatIsNotInTheResult_IsRefused(string file)
    {
        var status = await RawRequest.StatusAsync(fixture.Address, $"GET {Folder}/{file} HTTP/1.1", $"{RoleHeader.Name}: viewer");

        Assert.True(status is 400 or 404, $"{file}: {status}");
    }

    [Theory]
    [InlineData("no-such-run/results/0/384x12/QUESTION", 404)]
    [InlineData("..%2F../results/0/384x12/QUESTION", 400)]
    [InlineData("RUN/results/-1/384x12/QUESTION", 400)]
    [InlineData("RUN/results/99999999999/384x12/QUESTION", 400)]
    [InlineData("RUN/results/1/384x12/QUESTION", 404)]
    [InlineData("RUN/results/0/..%2F384x12/QUESTION", 400)]
    [InlineData("RUN/results/0/396x12/QUESTION", 404)]
    [InlineData("RUN/results/0/384x12/coco", 400)]
    [InlineData("RUN/results/0/384x12/nonsense-0123456789abcdef", 400)]
    [InlineData("RUN/results/0/384x12/coco-0123456789abcdef", 404)]
    public async Task Get_PictureOfWhatIsNot_IsRefused(string path, int status)
    {
        path = path.Replace("RUN", key.Run, StringComparison.Ordinal).Replace("QUESTION", key.Question, StringComparison.Ordinal);
        using var answer = await fixture.Viewer.GetAsync($"/api/v1/runs/{path}/pictures/{picture.Name}");

        await answer.ProblemAsync((HttpStatusCode)status);
    }

    [Fact]
    public async Task Get_BlobThatHasChangedOrGone_IsAnErrorThatNobodyKeeps()
    {
        var blob = PicturesClient.BlobOf(key, picture);
        await fixture.Blobs.UploadAsync(blob, new MemoryStream(new byte[Bytes.Length]), BlobWriteCondition.Overwrite);
        using var changed = await fixture.Viewer.GetAsync(Address);
        await fixture.Blobs.DeleteAsync(blob);
        using var gone = await fixture.Viewer.GetAsync(Address);

        await changed.ProblemAsync(HttpStatusCode.InternalServerError, ErrorCodes.DamagedFile);
        await gone.ProblemAsync(HttpStatusCode.NotFound, ErrorCodes.BlobNotFound);
        Assert.All([changed, gone], answer => Assert.Null(answer.Headers.CacheControl?.MaxAge));
    }
}
