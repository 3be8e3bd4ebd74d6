using Poa.Actors.Abstractions;
using Poa.Elastic;
using Poa.Evaluation;
using Poa.Storage;
using Poa.Training.Step;
using Poa.Worker.Execution;
using Poa.Worker.Tests.Execution;
using TorchSharp;
using Xunit;

namespace Poa.Worker.Tests.Work;

/// <summary>A worker with runs of the recipe <c>seed</c>: where the frozen teacher comes from, and what becomes of the run without it.</summary>
public sealed class FrozenTeacherTests : IDisposable
{
    private const string Source = "source";

    private readonly WorkBench bench = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => bench.Dispose();

    [Fact]
    public async Task Execute_OfACheckpoint_DistilsACopyThatOutlivesIt()
    {
        await TrainSourceAsync();
        var source = BlobLayout.Run(Source);

        await TrainAsync(Seed());
        var manifest = await new FrozenTeacherStore(bench.Blobs).FindAsync(TinyRun.Id, Stop);
        Assert.Equal((Source, TinyRun.Steps, "48x3"), (manifest!.Origin.Run, manifest.Origin.Iteration, manifest.Origin.SubNetwork));
        Assert.All(await bench.SeriesAsync(), step => Assert.Contains("seed_loss=", step, StringComparison.Ordinal));

        // Without the other run it goes on: from its own copy, with the same bits.
        using var second = new WorkBench();
        await TrainSourceAsync(second);
        using (var stop = new StopSignal())
        {
            var context = second.Context(Work(Seed()), stop);
            var reporter = new StoppingReporter(3, () => stop.Request(StopReason.Pause), second.Reporter);
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => second.Trainer.ExecuteAsync(context with { Reporter = new FencedReporter(reporter, stop, context.Log) }));
        }

        Directory.Delete(second.BlobFile(source), recursive: true);
        await TrainAsync(Seed(), second);
        Assert.Equal(await bench.SeriesAsync(), await second.SeriesAsync());
        Assert.Equal(await bench.HashAsync(TinyRun.Steps), await second.HashAsync(TinyRun.Steps));
    }

    [Theory]
    [InlineData("", 48)]
    [InlineData("32x2", 32)]
    public async Task Execute_OfASubNetwork_TheCopyIsIt(string subNetwork, int width)
    {
        await TrainSourceAsync();

        await TrainAsync(Seed($"seed.teacher_step=3", $"seed.teacher_sub_network='{subNetwork}'", $"seed.embedding_dim={width}"));

        using var scope = torch.NewDisposeScope();
        using var noGrad = torch.no_grad();
        using var copy = FrozenTeacher.Load(bench.BlobFile($"{BlobLayout.FrozenTeacher(TinyRun.Id)}model.safetensors"));
        using var trained = TeacherBackbone.Load(bench.BlobFile(BlobLayout.Checkpoint(Source, 3)), TinyRun.Configuration);
        var images = torch.linspace(-1, 1, 2 * 3 * 28 * 28).view(2, 3, 28, 28).sin();
        var cell = subNetwork.Length == 0 ? trained.Grid.Intact : trained.Grid.Parse(subNetwork);
        var token = torch.nn.functional.normalize(trained.Forward(images, cell).ClassToken, 2, -1);
        Assert.True(copy.Embed(images).sub(token).abs().max().item<float>() <= 1e-5);
    }

    [Theory]
    [InlineData("seed.teacher_run=nobody", ErrorCodes.CheckpointNotFound, "nobody")]
    [InlineData("seed.teacher_run=Not/Arun", ErrorCodes.InvalidArgument, "'Not/Arun'")]
    [InlineData("seed.teacher_step=5", ErrorCodes.CheckpointNotFound, "iteration 5")]
    [InlineData("seed.teacher_sub_network=33x2", ErrorCodes.InvalidArgument, "33x2")]
    [InlineData("seed.embedding_dim=64", WorkErrorCodes.InvalidConfiguration, "48 channels, seed.embedding_dim is 64")]
    [InlineData("augmentation.mean=[0.5, 0.5, 0.5]", WorkErrorCodes.InvalidConfiguration, "augmentation.mean")]
    public async Task Execute_TeacherThatIsNotThereOrDoesNotFit_SaysSoBeforeTheFirstStep(string key, string code, string named)
    {
        await TrainSourceAsync();

        var exception = await Record.ExceptionAsync(() => TrainAsync(Seed(key)));

        var error = WorkErrors.From(exception!);
        Assert.Equal((code, false), (error.Code, error.Retryable));
        Assert.Contains(named, error.Message, StringComparison.Ordinal);
        Assert.Empty(await bench.IterationsAsync());
    }

    [Fact]
    public async Task Execute_CopyIsDamaged_SaysSo()
    {
        await TrainSourceAsync();
        await TrainAsync(Seed());
        var file = bench.BlobFile($"{BlobLayout.FrozenTeacher(TinyRun.Id)}model.safetensors");
        var bytes = await File.ReadAllBytesAsync(file, Stop);
        bytes[^1] ^= 1;
        await File.WriteAllBytesAsync(file, bytes, Stop);

        var error = await Assert.ThrowsAsync<CheckpointDamagedException>(() => TrainAsync(Seed()));

        Assert.Contains("frozen-teacher/model.safetensors", error.Message, StringComparison.Ordinal);
    }

    private static string Seed(params string[] keys) => ConfigurationPresets.Load(
        "demo",
        [.. TinyRun.Overrides, "student.max_embed_dim=32", "student.max_depth=2", $"seed.teacher_run={Source}", "seed.embedding_dim=48", "seed.queue_length=32", .. keys],
        "seed").ToYaml();

    private static TrainingShardWork Work(string yaml) => new(TinyRun.Id, yaml, "demo");

    private async Task TrainSourceAsync(WorkBench? on = null)
    {
        using var stop = new StopSignal();
        var context = (on ?? bench).Context(new TrainingShardWork(Source, TinyRun.Yaml, "demo"), stop, new RecordingReporter { InUse = { 3 } });
        await (on ?? bench).Trainer.ExecuteAsync(context);
    }

    private async Task TrainAsync(string yaml, WorkBench? on = null)
    {
        using var stop = new StopSignal();
        await (on ?? bench).Trainer.ExecuteAsync((on ?? bench).Context(Work(yaml), stop));
    }
}
