using Poa.Networks;
using Poa.Training.Session;
using Xunit;
using static TorchSharp.torch;

namespace Poa.Training.Tests.Session;

public sealed class StartFromTests : IDisposable
{
    private readonly string folder = TinyRun.TemporaryFolder();
    private readonly NoiseImages images = new(40);

    private string File => Path.Combine(folder, "published.safetensors");

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void StartFrom_PublishedWeights_AreThoseOfStudentAndTeacherAndNothingElseChanges()
    {
        using var scope = NewDisposeScope();
        var published = Publish();
        using var random = TrainingSession.Create(TinyRun.Configuration(), images);
        using var session = TrainingSession.Create(TinyRun.Configuration(), images);

        var report = session.StartFrom(File);

        Assert.True(report.Fits);
        foreach (var network in new[] { session.Model.Student, session.Model.Teacher })
        {
            foreach (var (name, value) in StateDictionary.Of(network.Backbone))
            {
                var expected = name == "mask_token" ? random.Model.Student.Backbone.get_parameter(name)! : published[name];
                Assert.True(value.equal(expected).all().item<bool>(), name);
            }
        }

        foreach (var (own, drawn) in session.Model.Student.Modules.Zip(random.Model.Student.Modules).Skip(1))
        {
            Assert.All(StateDictionary.Of(own.Module).Zip(StateDictionary.Of(drawn.Module)), pair => Assert.True(pair.First.Value.equal(pair.Second.Value).all().item<bool>(), pair.First.Key));
        }
    }

    [Fact]
    public void Restore_RunThatStartedFromWeights_GoesOnWithTheSameBitsWithoutTheFile()
    {
        Publish();
        var configuration = TinyRun.Configuration("MODEL.WEIGHTS=published.safetensors");
        var unbroken = new RecordingObserver();
        using (var session = TrainingSession.Create(configuration, images))
        {
            session.StartFrom(File);
            session.Run(unbroken, Path.Combine(folder, "unbroken"), TestContext.Current.CancellationToken);
        }

        System.IO.File.Delete(File);
        var resumed = new RecordingObserver();
        // Without the key: it says where the run began, not how it goes on.
        using (var session = TrainingSession.Restore(unbroken.Checkpoints.Single(checkpoint => checkpoint.Iteration == 8).Folder, TinyRun.Configuration(), images))
        {
            Assert.Throws<InvalidOperationException>(() => session.StartFrom(File));
            session.Run(resumed, Path.Combine(folder, "resumed"), TestContext.Current.CancellationToken);
        }

        Assert.Equal(unbroken.Steps[8..].Select(step => (step.Iteration, step.Loss)), resumed.Steps.Select(step => (step.Iteration, step.Loss)));
    }

    [Fact]
    public void StartFrom_WeightsThatDoNotFitOrAnotherFamily_LeavesTheSessionAsItIs()
    {
        using var scope = NewDisposeScope();
        Publish();
        using var session = TrainingSession.Create(TinyRun.Configuration("student.max_depth=4"), images);
        var before = StateDictionary.Of(session.Model.Student.Backbone).ToDictionary(entry => entry.Key, entry => entry.Value.detach().clone());

        Assert.Contains("student.max_depth=3", Assert.Throws<PublishedWeightsException>(() => session.StartFrom(File)).Message, StringComparison.Ordinal);

        Assert.All(StateDictionary.Of(session.Model.Student.Backbone), entry => Assert.True(entry.Value.equal(before[entry.Key]).all().item<bool>(), entry.Key));
        using var swin = TrainingSession.Create(TinyRun.OfFamily("swin"), images);
        Assert.Throws<NotSupportedException>(() => swin.StartFrom(File));
    }

    /// <summary>Writes the intact network of another seed as timm knows it.</summary>
    /// <returns>Its weights by the names of the elastic network.</returns>
    private Dictionary<string, Tensor> Publish()
    {
        var network = new ElasticViT(TinyRun.Configuration().ViTArchitecture(), seed: 99);
        Safetensors.Save(File, Extraction.PlainWeights(network, network.Grid.Intact));
        return StateDictionary.Of(network).ToDictionary();
    }
}
