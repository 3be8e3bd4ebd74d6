using System.Net;
using System.Net.Http.Headers;
using Poa.Actors.Abstractions;
using Poa.Storage;

namespace Poa.Actors.Dashboard.Tests.Api;

/// <summary>Files of checkpoints and sub-networks.</summary>
[Collection(ApiCollection.Name)]
public sealed class DownloadTests(ApiFixture fixture)
{
    private string Files => $"/api/v1/runs/{fixture.Run}/checkpoints/0/files";

    private string Weights => $"{Files}/teacher.safetensors";

    [Theory]
    [InlineData("checkpoints/0/files/teacher.safetensors")]
    [InlineData($"subnetworks/0/{ApiFixture.SubNetwork}/files/model.safetensors")]
    public async Task Get_File_IsWholeWithItsHashAsTag(string path)
    {
        using var answer = await fixture.Viewer.GetAsync($"/api/v1/runs/{fixture.Run}/{path}");

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(fixture.Weights, await answer.Content.ReadAsByteArrayAsync());
        Assert.Equal($"\"{fixture.WeightsSha256}\"", answer.Headers.ETag!.Tag);
        Assert.Equal("bytes", answer.Headers.AcceptRanges.Single());
        Assert.Equal("attachment", answer.Content.Headers.ContentDisposition!.DispositionType);
        Assert.Equal(path[(path.LastIndexOf('/') + 1)..], answer.Content.Headers.ContentDisposition.FileName);
        Assert.Equal("application/octet-stream", answer.Content.Headers.ContentType!.MediaType);
        Assert.NotNull(answer.Content.Headers.LastModified);
    }

    [Fact]
    public async Task Head_File_TellsSizeAndTagWithoutBody()
    {
        using var answer = await fixture.Viewer.SendAsync(new HttpRequestMessage(HttpMethod.Head, Weights));

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(fixture.Weights.Length, answer.Content.Headers.ContentLength);
        Assert.Equal($"\"{fixture.WeightsSha256}\"", answer.Headers.ETag!.Tag);
        Assert.Empty(await answer.Content.ReadAsByteArrayAsync());
    }

    [Theory]
    [InlineData(0L, 0L)]
    [InlineData(1000L, 70_000L)]
    [InlineData(99_999L, null)]
    [InlineData(null, 17L)]
    [InlineData(90_000L, 1_000_000L)]
    public async Task Get_Range_IsThatPart(long? from, long? to)
    {
        using var answer = await fixture.Viewer.SendAsync(Http.Range(Weights, from, to));

        var first = (int)(from ?? (fixture.Weights.Length - to!.Value));
        var end = (int)Math.Min(fixture.Weights.Length, from is null ? fixture.Weights.Length : (to ?? long.MaxValue - 1) + 1);
        Assert.Equal(HttpStatusCode.PartialContent, answer.StatusCode);
        Assert.Equal(fixture.Weights[first..end], await answer.Content.ReadAsByteArrayAsync());
        Assert.Equal(new ContentRangeHeaderValue(first, end - 1, fixture.Weights.Length), answer.Content.Headers.ContentRange);
    }

    [Fact]
    public async Task Get_RangeBehindTheEnd_Is416WithTheSize()
    {
        using var answer = await fixture.Viewer.SendAsync(Http.Range(Weights, 100_000, null));

        Assert.Equal(HttpStatusCode.RequestedRangeNotSatisfiable, answer.StatusCode);
        Assert.Equal(fixture.Weights.Length, answer.Content.Headers.ContentRange!.Length);
    }

    [Theory]
    [InlineData(true, HttpStatusCode.PartialContent)]
    [InlineData(false, HttpStatusCode.OK)]
    public async Task Get_RangeIfStillTheSame_IsAPartOrElseTheWhole(bool isSame, HttpStatusCode expected)
    {
        var request = Http.Range(Weights, 5, 9).With("If-Range", isSame ? $"\"{fixture.WeightsSha256}\"" : "\"another\"");
        using var answer = await fixture.Viewer.SendAsync(request);

        Assert.Equal(expected, answer.StatusCode);
        Assert.Equal(isSame ? 5 : fixture.Weights.Length, (await answer.Content.ReadAsByteArrayAsync()).Length);
    }

    [Fact]
    public async Task Get_KnownContent_Is304()
    {
        using var answer = await fixture.Viewer.SendAsync(Http.Get(Weights).With("If-None-Match", $"\"{fixture.WeightsSha256}\""));

        Assert.Equal(HttpStatusCode.NotModified, answer.StatusCode);
        Assert.Empty(await answer.Content.ReadAsByteArrayAsync());
    }

    [Theory]
    [InlineData("manifest.json")]
    [InlineData("TEACHER.safetensors")]
    [InlineData("..%2F..%2Fmanifest.json")]
    [InlineData("..%5C..%5Cmanifest.json")]
    [InlineData("%2Fetc%2Fpasswd")]
    [InlineData("%2e%2e%2f%2e%2e%2fconfig")]
    [InlineData("..%252F..%252Fetc%252Fpasswd")]
    [InlineData("teacher.safetensors%0d%0aX-Evil:%201")]
    [InlineData("teacher.safetensors%00")]
    [InlineData("%01%1b[31m")]
    [InlineData("%FF%FE")]
    [InlineData(".sha256")]
    [InlineData("%3Cscript%3Ealert(1)%3C%2Fscript%3E")]
    public async Task Get_NameThatIsNotInTheManifest_IsRefused(string file)
    {
        // As a client would send it that tidies nothing up.
        var status = await RawRequest.StatusAsync(fixture.Address, $"GET {Files}/{file} HTTP/1.1", $"{RoleHeader.Name}: viewer");

        Assert.True(status is 400 or 404, $"{file}: {status}");
    }

    [Theory]
    [InlineData("/../../../../etc/passwd")]
    [InlineData("/../manifest.json")]
    [InlineData("/%2e%2e/%2e%2e/manifest.json")]
    public async Task Get_PathThatClimbs_IsRefused(string path)
    {
        var status = await RawRequest.StatusAsync(fixture.Address, $"GET {Files}{path} HTTP/1.1", $"{RoleHeader.Name}: viewer");

        Assert.True(status is 400 or 404, $"{path}: {status}");
    }

    [Theory]
    [InlineData(4_000)]
    [InlineData(100_000)]
    public async Task Get_NameOfAbsurdLength_IsRefused(int length)
    {
        var status = await RawRequest.StatusAsync(fixture.Address, $"GET {Files}/{new string('a', length)} HTTP/1.1", $"{RoleHeader.Name}: viewer");

        Assert.True(status is 400 or 404 or 414, $"{length}: {status}");
    }

    [Theory]
    [InlineData("..%2F..", 400)]
    [InlineData("A", 400)]
    [InlineData("a%20b", 400)]
    [InlineData("%3Cscript%3E", 400)]
    [InlineData("no-such-run", 404)]
    public async Task Get_WrongRunId_IsRefusedWithItsReason(string run, int status)
    {
        using var answer = await fixture.Viewer.GetAsync($"/api/v1/runs/{run}/checkpoints/0/files/teacher.safetensors");

        await answer.ProblemAsync((HttpStatusCode)status, status == 404 ? ErrorCodes.RunNotFound : ErrorCodes.InvalidArgument);
    }

    [Theory]
    [InlineData("checkpoints/1/files/teacher.safetensors", 404)]
    [InlineData("checkpoints/-1/files/teacher.safetensors", 400)]
    [InlineData("checkpoints/99999999999/files/teacher.safetensors", 400)]
    [InlineData("checkpoints/abc/files/teacher.safetensors", 400)]
    [InlineData("subnetworks/0/..%2F..%2F0000000000/files/model.safetensors", 400)]
    [InlineData("subnetworks/0/384x11x1/files/model.safetensors", 400)]
    [InlineData("subnetworks/0/396x12/files/model.safetensors", 404)]
    public async Task Get_FileOfWhatIsNot_IsRefused(string path, int status)
    {
        using var answer = await fixture.Viewer.GetAsync($"/api/v1/runs/{fixture.Run}/{path}");

        await answer.ProblemAsync((HttpStatusCode)status);
    }

    [Fact]
    public async Task Get_BlobThatWasChanged_IsAnErrorAndNotTheFile()
    {
        var run = await fixture.PausedRunAsync();
        await fixture.Blobs.UploadAsync(
            $"runs/{run}/checkpoints/0000000000/teacher.safetensors", new MemoryStream(new byte[fixture.Weights.Length]), BlobWriteCondition.Overwrite);

        using var answer = await fixture.Viewer.GetAsync($"/api/v1/runs/{run}/checkpoints/0/files/teacher.safetensors");

        await answer.ProblemAsync(HttpStatusCode.InternalServerError, ErrorCodes.DamagedFile);
        Assert.Null(answer.Headers.ETag);
    }

    [Fact]
    public async Task Get_CheckpointAndSubNetwork_ListTheirFilesWithHashes()
    {
        var checkpoint = await fixture.Viewer.JsonAsync($"/api/v1/runs/{fixture.Run}/checkpoints/0");
        var subNetwork = await fixture.Viewer.JsonAsync($"/api/v1/runs/{fixture.Run}/subnetworks/0/{ApiFixture.SubNetwork}");
        var list = await fixture.Viewer.JsonAsync($"/api/v1/runs/{fixture.Run}/subnetworks");

        Assert.Equal(fixture.WeightsSha256, checkpoint.GetProperty("files")[0].GetProperty("sha256").GetString());
        Assert.Equal("model.safetensors", subNetwork.GetProperty("files")[0].GetProperty("name").GetString());
        Assert.Equal("completed", list[0].GetProperty("status").GetString());
    }
}
