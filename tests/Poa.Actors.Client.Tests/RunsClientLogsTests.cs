using System.Text;
using CsCheck;
using Poa.Actors.Abstractions;
using Poa.Actors.Tests;
using Poa.Storage;

namespace Poa.Actors.Client.Tests;

[Collection(OneDevice.Name)]
public sealed class RunsClientLogsTests(ClusterFixture fixture) : IAsyncDisposable
{
    private readonly PoaClient _client = new(fixture.Client);

    public ValueTask DisposeAsync() => _client.DisposeAsync();

    [Fact]
    public async Task Logs_OfARun_NewestLeaseFirstWithWhoWroteThem()
    {
        var run = Specifications.NewId();
        await PutAsync(run, new WorkLogName(2, WorkId.Training(run, 0), "here/cpu"), "older\n");
        await PutAsync(run, new WorkLogName(11, WorkId.Training(run, 0), "there/cuda:0"), "newer\n");
        await (await _client.BlobsAsync()).UploadAsync($"runs/{run}/logs/note.txt", new MemoryStream([1]), BlobWriteCondition.Overwrite);

        var logs = await _client.Runs.LogsAsync(run);

        Assert.Equal([(11L, "there/cuda:0"), (2L, "here/cpu")], logs.Select(log => (log.FencingToken, log.Shard)));
        Assert.All(logs, log => Assert.Equal((WorkId.Training(run, 0), 6L), (log.WorkId, log.Size)));
        Assert.Equal("newer\n", await _client.Runs.LogTailAsync(run, logs[0].Name));
    }

    [Fact]
    public async Task LogTail_LongerThanAsked_BeginsWithAWholeLine()
    {
        var run = Specifications.NewId();
        var name = new WorkLogName(1, WorkId.Training(run, 0), "here/cpu");
        await PutAsync(run, name, "eins\nzwei\ndrei – ü\n");

        Assert.Equal("drei – ü\n", await _client.Runs.LogTailAsync(run, name.ToString(), "drei – ü\n"u8.Length));
        Assert.Equal("drei – ü\n", await _client.Runs.LogTailAsync(run, name.ToString(), "wei\ndrei – ü\n"u8.Length));
        Assert.Equal("zwei\ndrei – ü\n", await _client.Runs.LogTailAsync(run, name.ToString(), "zwei\ndrei – ü\n"u8.Length));
        Assert.Equal("", await _client.Runs.LogTailAsync(run, name.ToString(), 3));
    }

    [Theory]
    [InlineData("../../../etc/passwd")]
    [InlineData("0000000001_train_../x")]
    [InlineData("1_train_cpu")]
    [InlineData("0000000001_train+r+0_cpu.log")]
    [InlineData("0000000001_=002E=002E_cpu")]
    [InlineData("note")]
    [InlineData("")]
    public async Task LogTail_NameThatIsNoLogs_IsRefusedOrNotThere(string name)
    {
        var e = await Assert.ThrowsAsync<PoaException>(() => _client.Runs.LogTailAsync("run", name));
        Assert.Contains(e.Code, new[] { ErrorCodes.InvalidArgument, ErrorCodes.BlobNotFound });
        Assert.DoesNotContain("/etc/passwd in", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task LogTail_NoSuchLog_SaysSo() =>
        Assert.Equal(ErrorCodes.BlobNotFound, (await Assert.ThrowsAsync<PoaException>(
            () => _client.Runs.LogTailAsync("run", new WorkLogName(1, "train/run/0", "w/cpu").ToString()))).Code);

    [Fact]
    public void WorkLogName_AnyText_IsASegmentAndReadsBack() =>
        Gen.Select(Gen.Long[0, 9_999_999_999], Gen.String, Gen.String).Sample((token, work, shard) =>
        {
            var name = new WorkLogName(token, work, shard).ToString();
            BlobName.ValidateSegment($"{name}.log");
            var read = WorkLogName.TryParse(name);
            Assert.NotNull(read);
            Assert.StartsWith(read.Shard, shard, StringComparison.Ordinal); // long ones are cut off
            Assert.StartsWith(read.WorkId, work, StringComparison.Ordinal);
            Assert.Equal(token, read.FencingToken);
        });

    private async Task PutAsync(string run, WorkLogName name, string text) => await (await _client.BlobsAsync()).UploadAsync(
        BlobLayout.Log(run, name.ToString()), new MemoryStream(Encoding.UTF8.GetBytes(text)), BlobWriteCondition.Overwrite);
}
