using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Poa.Actors.Abstractions;
using Poa.Storage;
using Poa.Worker.Execution;
using Xunit;

namespace Poa.Worker.Tests.Execution;

public sealed class WorkLogWriterTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("poa-log-").FullName;
    private readonly FakeTimeProvider time = new();
    private readonly LocalBlobStore blobs;

    public WorkLogWriterTests() => blobs = new LocalBlobStore(folder);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task Log_WorkerNeverEnds_IsStoredWhileItGrows()
    {
        var log = new WorkLog(time);
        log.Information("begin");
        await using var writer = Writer(log, 3);
        await StoredAsync("begin");

        log.Information("middle");
        await StoredAsync("middle");
    }

    [Fact]
    public async Task Dispose_LinesLeft_WritesThem()
    {
        var log = new WorkLog(time);
        var writer = Writer(log, 3);
        log.Information("the end");

        await writer.DisposeAsync();

        Assert.Contains("the end", await File.ReadAllTextAsync(Path.Combine(folder, "runs/r/logs/0000000003_train+r+0_w+cpu.log"), Token), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_ManyLogs_KeepsTheNewestOfEachKind()
    {
        for (var token = 1; token <= 30; token++)
        {
            await PutAsync(new WorkLogName(token, "train/r/0", "w/cpu"));
            await PutAsync(new WorkLogName(token + 100, "evaluate/s/1", "w/cpu"));
        }

        var log = new WorkLog(time);
        log.Information("begin");
        await using (Writer(log, 31))
        {
            await StoredAsync("begin", "0000000031_train+r+0_w+cpu.log", () => Directory.GetFiles(Path.Combine(folder, "runs/r/logs"), "*train*").Length == WorkLogWriter.KeptPerKind);
        }

        var trainings = Directory.GetFiles(Path.Combine(folder, "runs/r/logs"), "*train*").Select(f => Path.GetFileName(f)[..10]).Order();
        Assert.Equal(Enumerable.Range(12, 20).Select(token => $"{token:D10}"), trainings);
        Assert.Equal(30, Directory.GetFiles(Path.Combine(folder, "runs/r/logs"), "*evaluate*").Length);
    }

    [Fact]
    public async Task Calibration_BelongsToNoRun_WritesNothing()
    {
        var log = new WorkLog(time);
        log.Information("begin");
        var lease = new WorkLease("calibrate/x", 1, "w/cpu", new CalibrationWork("calibrations", "", "demo"), new WorkOwner(WorkOwnerKind.TrainingRun, "r"), 1);

        await new WorkLogWriter(log, blobs, lease, time, NullLogger.Instance).DisposeAsync();

        Assert.False(Directory.Exists(Path.Combine(folder, "runs")));
    }

    private WorkLogWriter Writer(WorkLog log, long token) => new(
        log, blobs, new WorkLease("train/r/0", token, "w/cpu", new TrainingShardWork("r", "", "demo"), new WorkOwner(WorkOwnerKind.TrainingRun, "r"), 1), time, NullLogger.Instance);

    private Task<BlobProperties> PutAsync(WorkLogName name) =>
        blobs.UploadAsync(BlobLayout.Log("r", name.ToString()), new MemoryStream([10]), BlobWriteCondition.Overwrite, cancellationToken: Token);

    /// <summary>Lets the fake clock run until the text is stored.</summary>
    private async Task StoredAsync(string text, string file = "0000000003_train+r+0_w+cpu.log", Func<bool>? also = null)
    {
        var path = Path.Combine(folder, "runs/r/logs", file);
        for (var tries = 0; !File.Exists(path) || !(await File.ReadAllTextAsync(path, Token)).Contains(text, StringComparison.Ordinal) || also?.Invoke() == false; tries++)
        {
            Assert.True(tries < 3000, $"'{text}' did not come to {path}.");
            time.Advance(TimeSpan.FromSeconds(1));
            await Task.Delay(10, Token);
        }
    }
}
