using System.Text;
using Poa.Actors.Abstractions;
using Poa.Actors.Tests;
using Poa.Elastic;
using Poa.Storage;

namespace Poa.Actors.Client.Tests;

[Collection(OneDevice.Name)]
public sealed class PoaClientTests(ClusterFixture fixture) : IAsyncDisposable
{
    private static readonly EvaluationData Data = new("demo?split=train", "demo?split=test");

    private static readonly PoaConfiguration Configuration = PoaConfiguration.Load([]);

    private readonly PoaClient _client = new(fixture.Client);

    public ValueTask DisposeAsync() => _client.DisposeAsync();

    [Fact]
    public async Task Start_WatchToTheEnd_ReadTheGrid()
    {
        var run = (await _client.Runs.StartAsync(Configuration, "demo?split=train", name: "client test")).Specification.RunId;
        var work = await fixture.Executor.TrainingAsync(run);
        Assert.Equal(Configuration.ToYaml(), ((TrainingShardWork)work.Lease.Work).ConfigurationYaml);
        var watched = Task.Run(async () =>
        {
            var messages = new List<string>();
            await foreach (var update in _client.Runs.WatchAsync(run))
            {
                messages.AddRange(update.Events.Select(e => e.Message));
            }

            return messages;
        });
        await work.CheckpointAsync(0);
        await work.CompleteAsync();
        Assert.Equal("Completed.", (await watched.WaitAsync(Wait.Limit))[^1]);
        Assert.Equal(RunStatus.Completed, (await _client.Runs.WaitAsync(run)).Status);

        var grid = Configuration.Grid();
        string[] names = [grid.Smallest.ToString(), grid.Intact.ToString()];
        var sweep = await _client.Sweeps.StartAsync(run, Data, subNetworks: names);
        var batch = await fixture.Executor.BatchAsync(sweep.Specification.SweepId);
        await batch.ResultAsync(names);
        await batch.CompleteAsync();
        Assert.Equal(SweepStatus.Completed, (await _client.Sweeps.WaitAsync(sweep.Specification.SweepId)).Status);
        var rows = await _client.Results.GridAsync(run);
        Assert.Equal(names, rows.Select(row => row.SubNetwork));
        Assert.Equal((grid.Intact.Width, grid.Intact.Depth.Blocks, 80.0), (rows[^1].Width, rows[^1].Depth, rows[^1].Value));
        Assert.Equal("20", rows[0].Result.Protocol["k"]);
        Assert.Empty(await _client.Results.GridAsync(run, Benchmarks.PixelKnn));
    }

    [Fact]
    public async Task Start_MoreShardsThanPartsOfAStep_NamesTheKeyAndStartsNothing()
    {
        var error = await Assert.ThrowsAsync<PoaException>(() => _client.Runs.StartAsync(Configuration, "demo?split=train", "undivided", shards: 2));

        Assert.Equal(ErrorCodes.InvalidArgument, error.Code);
        Assert.Contains("train.virtual_shards cuts its steps into 1 part(s)", error.Message, StringComparison.Ordinal);
        Assert.Equal(ErrorCodes.RunNotFound, (await Assert.ThrowsAsync<PoaException>(() => _client.Runs.GetAsync("undivided"))).Code);
    }

    [Fact]
    public async Task Sweep_WholeGrid_EveryCellOnceInBatches()
    {
        var run = await PausedAsync();
        var sweep = await _client.Sweeps.StartAsync(run, Data);
        Assert.Equal(Configuration.Grid().SubNetworks.Select(s => s.ToString()), sweep.Specification.SubNetworks);
        var batch = await fixture.Executor.BatchAsync(sweep.Specification.SweepId);
        Assert.Equal(sweep.Specification.SubNetworks.Take(sweep.Specification.BatchSize), batch.Evaluation.SubNetworks);
        await _client.Sweeps.CancelAsync(sweep.Specification.SweepId);
        await batch.StopAsAskedAsync(await batch.StopRequestedAsync());
        var done = await _client.Sweeps.WaitAsync(sweep.Specification.SweepId);
        Assert.Equal((SweepStatus.Cancelled, 1), (done.Status, done.Passes));
    }

    [Fact]
    public async Task Names_NotOnTheGrid_LegalOnesListed()
    {
        var run = await PausedAsync();
        var e = await Assert.ThrowsAsync<PoaException>(() => _client.Sweeps.StartAsync(run, Data, subNetworks: ["13x2"]));
        Assert.Equal(ErrorCodes.InvalidArgument, e.Code);
        Assert.Contains(Configuration.Grid().Intact.Width.ToString(System.Globalization.CultureInfo.InvariantCulture), e.Message, StringComparison.Ordinal);
        e = await Assert.ThrowsAsync<PoaException>(() => _client.Extractions.StartAsync(run, "13x2"));
        Assert.Equal(ErrorCodes.InvalidArgument, e.Code);
    }

    [Fact]
    public async Task Failed_RunAndExtraction_ErrorsAreTheirOwn()
    {
        var run = await PausedAsync();
        var key = await _client.Extractions.StartAsync(run, Configuration.Grid().Smallest.ToString());
        var extraction = await fixture.Executor.NextAsync("an extraction", lease => lease.Owner.Key == key.ToString());
        await extraction.FailAsync(retryable: false);
        Assert.Equal("test-fault", (await Assert.ThrowsAsync<PoaException>(() => _client.Extractions.WaitAsync(key))).Code);

        await _client.Runs.ResumeAsync(run);
        var work = await fixture.Executor.NextAsync(run, lease => lease.WorkId == WorkId.Training(run, 0), extraction.Lease.FencingToken);
        await work.FailAsync(retryable: false);
        var e = await Assert.ThrowsAsync<PoaException>(() => _client.Runs.WaitAsync(run));
        Assert.Equal(("test-fault", "Mend it."), (e.Code, e.Remedy));
    }

    [Fact]
    public async Task Extraction_Published_DownloadedWithItsHashesVerified()
    {
        var run = await PausedAsync();
        var name = Configuration.Grid().Smallest.ToString();
        var key = await _client.Extractions.StartAsync(run, name);
        var work = await fixture.Executor.NextAsync("an extraction", lease => lease.Owner.Key == key.ToString());

        var folder = Directory.CreateTempSubdirectory("poa-download-").FullName;
        try
        {
            var blobs = await _client.BlobsAsync();
            await new SubNetworkStore(blobs).PublishAsync(
                run, 0, name, [ArtifactContent.FromBytes("model.safetensors", "weights"u8.ToArray())], new SubNetworkDescription { CheckpointHash = new string('a', 64), SoftwareVersion = "test" });
            await work.EndAsync(work.Reporter.CompletedAsync(new WorkCompletion { Model = new ExtractedModel(BlobLayout.SubNetwork(run, 0, name), "ab", []) }));
            Assert.Equal("ab", (await _client.Extractions.WaitAsync(key)).ManifestSha256);

            var target = Path.Combine(folder, "target");
            var files = await _client.Downloads.ToFolderAsync(key, target);
            Assert.Equal("weights", await File.ReadAllTextAsync(files.Single(f => f.EndsWith("model.safetensors", StringComparison.Ordinal))));

            var note = Path.Combine(folder, "note.txt");
            await blobs.UploadAsync($"runs/{run}/note.txt", new MemoryStream("a note"u8.ToArray()), BlobWriteCondition.Overwrite);
            await _client.Downloads.ToFileAsync($"runs/{run}/note.txt", note);
            Assert.Equal("a note", await File.ReadAllTextAsync(note));
            var absent = await Assert.ThrowsAsync<PoaException>(() => _client.Downloads.ToFileAsync("runs/none/x", note));
            Assert.Equal(ErrorCodes.BlobNotFound, absent.Code);
            Assert.Equal("a note", await File.ReadAllTextAsync(note));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task Metrics_Stored_ReadBackBitForBit()
    {
        var run = Specifications.NewId();
        var values = new Dictionary<string, double> { ["loss"] = 1.0 / 3, ["grad"] = double.NaN };
        var log = await MetricsLog.OpenAsync(await _client.BlobsAsync(), run, 0);
        for (var i = 0; i < 3; i++)
        {
            log.Append(i, Encoding.UTF8.GetBytes(new StepMetrics(i, "48x2", values.ToImmutableSortedDictionary()).ToLine()));
        }

        await log.FlushAsync();
        var read = new List<StepMetrics>();
        await foreach (var step in _client.Runs.MetricsAsync(run, after: 0))
        {
            read.Add(step);
        }

        Assert.Equal([1L, 2L], read.Select(step => step.Iteration));
        Assert.All(read, step => Assert.Equal(1.0 / 3, step.Values["loss"]));
        Assert.All(read, step => Assert.True(double.IsNaN(step.Values["grad"])));
    }

    [Fact]
    public async Task Watch_GrainPutDown_GoesOnWithoutLossOrRepeat()
    {
        var run = (await _client.Runs.StartAsync(Configuration, "demo?split=train")).Specification.RunId;
        var work = await fixture.Executor.TrainingAsync(run);
        var sequences = new List<long>();
        var watching = Task.Run(async () =>
        {
            await foreach (var update in _client.Runs.WatchAsync(run))
            {
                sequences.AddRange(update.Events.Select(e => e.Sequence));
            }
        });
        for (var iteration = 0; iteration < 3; iteration++)
        {
            await work.CheckpointAsync(iteration);
            await fixture.Cluster.DeactivateAsync(fixture.Client.GetGrain<ITrainingRunGrain>(run));
        }

        await work.CompleteAsync();
        await watching.WaitAsync(Wait.Limit);
        Assert.Equal((await _client.Runs.GetAsync(run)).Events.Select(e => e.Sequence), sequences);
    }

    private async Task<string> PausedAsync()
    {
        var run = (await _client.Runs.StartAsync(Configuration, "demo?split=train")).Specification.RunId;
        var work = await fixture.Executor.TrainingAsync(run);
        await work.CheckpointAsync(0);
        await _client.Runs.PauseAsync(run);
        await work.StopAsAskedAsync(await work.StopRequestedAsync());
        return run;
    }
}
