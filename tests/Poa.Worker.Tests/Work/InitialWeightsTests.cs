using Poa.Actors.Abstractions;
using Poa.Elastic;
using Poa.Networks;
using Poa.Storage;
using Poa.Worker.Execution;
using Poa.Worker.Tests.Execution;
using Poa.Worker.Work;
using TorchSharp;
using Xunit;

namespace Poa.Worker.Tests.Work;

public sealed class InitialWeightsTests : IDisposable
{
    private readonly DisposeScope scope = torch.NewDisposeScope();
    private readonly string folder = Directory.CreateTempSubdirectory("poa-weights-").FullName;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        scope.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task Execute_RunWithWeights_BeginsFromThemAndNotesWhatBecameOfThem()
    {
        var (configuration, published, file) = Publish();
        using var bench = new WorkBench(yaml: configuration.ToYaml());
        await StoreAsync(bench, file);

        await bench.TrainAsync();

        var note = Assert.Single(bench.Reporter.Of<RecordingReporter.Note>(), note => note.Message.Contains("starts from the weights", StringComparison.Ordinal));
        Assert.Contains("1 not in the file and drawn anew (mask_token)", note.Message, StringComparison.Ordinal);
        var first = await TeacherFiles.FetchAsync(bench.Blobs, TinyRun.Id, 0, Path.Combine(folder, "teacher"), Token);
        var teacher = Safetensors.Load(first.Path);
        Assert.All(published.Where(entry => entry.Key != "mask_token"), entry => Assert.True(teacher[$"backbone.{entry.Key}"].equal(entry.Value).all().item<bool>(), entry.Key));
    }

    [Fact]
    public async Task Execute_ResumedWithoutTheFile_GoesOnBitForBit()
    {
        var (configuration, _, file) = Publish();
        using var undisturbed = new WorkBench(yaml: configuration.ToYaml());
        await StoreAsync(undisturbed, file);
        await undisturbed.TrainAsync();
        using var disturbed = new WorkBench(yaml: configuration.ToYaml());
        await StoreAsync(disturbed, file);

        await disturbed.TrainUntilAsync(3, StopReason.Pause);
        await disturbed.Blobs.DeleteAsync(BlobLayout.PublishedWeights(configuration.Model.StoredWeights!), cancellationToken: Token);
        await disturbed.TrainAsync();

        Assert.Equal(await undisturbed.HashAsync(TinyRun.Steps), await disturbed.HashAsync(TinyRun.Steps));
    }

    [Fact]
    public async Task Execute_WeightsOfAnotherDepth_FailsForGoodAndPublishesNothing()
    {
        var (configuration, _, file) = Publish();
        var deeper = configuration with { Student = configuration.Student with { MaxDepth = 4 } };
        using var bench = new WorkBench(yaml: deeper.ToYaml());
        await StoreAsync(bench, file);

        var error = WorkErrors.From(await Assert.ThrowsAsync<PublishedWeightsException>(() => bench.TrainAsync()));

        Assert.Equal((WorkErrorCodes.InvalidWeights, false), (error.Code, error.Retryable));
        Assert.Contains("student.max_depth=3", error.Message, StringComparison.Ordinal);
        Assert.Empty(await bench.IterationsAsync());
    }

    [Fact]
    public async Task Execute_WeightsThatAreNotStored_FailsForGoodAndSaysHowToStoreThem()
    {
        var (configuration, _, _) = Publish();
        using var bench = new WorkBench(yaml: configuration.ToYaml());
        var missing = WorkErrors.From(await Assert.ThrowsAsync<StorageException>(() => bench.TrainAsync()));
        using var path = new WorkBench(yaml: (configuration with { Model = new ModelOptions { Weights = "/data/vit.safetensors" } }).ToYaml());
        var unstored = WorkErrors.From(await Assert.ThrowsAsync<PoaException>(() => path.TrainAsync()));

        Assert.All([missing, unstored], error => Assert.False(error.Retryable));
        Assert.All([missing, unstored], error => Assert.Contains("poa weights upload", error.Remedy, StringComparison.Ordinal));
    }

    private static async Task StoreAsync(WorkBench bench, string file)
    {
        await using var content = File.OpenRead(file);
        await new PublishedWeightStore(bench.Blobs).UploadAsync(content, Token);
    }

    /// <summary>A file of the intact network of another seed, and the run that starts from it.</summary>
    private (PoaConfiguration Configuration, Dictionary<string, torch.Tensor> Published, string File) Publish()
    {
        var network = new ElasticViT(TinyRun.Configuration.ViTArchitecture(), seed: 99);
        var file = Path.Combine(folder, "published.safetensors");
        Safetensors.Save(file, Extraction.PlainWeights(network, network.Grid.Intact));
        var hash = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(file)));
        return (TinyRun.Configuration with { Model = new ModelOptions { Weights = ModelOptions.NameOf(hash) } }, StateDictionary.Of(network).ToDictionary(), file);
    }
}
