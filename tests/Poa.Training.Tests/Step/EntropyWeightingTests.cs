using Poa.Elastic;
using Poa.Training.Batching;
using Poa.Training.Exchange;
using Poa.Training.Losses;
using Poa.Training.Step;
using Poa.Training.Tests.Session;
using Xunit;
using static TorchSharp.torch;

namespace Poa.Training.Tests.Step;

/// <summary>ENT: heads that count by the entropy of the teacher's predictions.</summary>
public sealed class EntropyWeightingTests : IDisposable
{
    private const double Temperature = 0.1;
    private static readonly StepSchedule Uniform = new(1e-3, 1e-3, 0.04, 0.05, 0.9, MasksActive: true);
    private static readonly StepSchedule Entropy = Uniform with { EntropyTemperature = Temperature };
    private static readonly string[] Alone = ["student.elastic=false", "dino.koleo_loss_weight=0"];

    private readonly IDisposable scope = NewDisposeScope();

    public void Dispose() => scope.Dispose();

    [Theory]
    [InlineData("sinkhorn_knopp")]
    [InlineData("centering")]
    public void Run_OneHead_IsPlainDino(string centering)
    {
        string[] one = [.. Alone, "dino.head_n_prototypes=[24]", $"train.centering={centering}"];
        var (plain, ent) = (Step(one, Uniform), Step(one, Entropy));

        Assert.Equal(plain.Metrics.Loss, ent.Metrics.Loss);
        Assert.Equal(plain.Metrics.Terms, ent.Metrics.Terms);
        Assert.Equal(plain.Metrics.GradientNorms, ent.Metrics.GradientNorms);
    }

    [Fact]
    public void Run_SeveralHeads_WeightsClassTokensAndNothingElse()
    {
        string[] both = ["dino.koleo_loss_weight=0.1"];
        var (plain, ent) = (Step(both, Uniform).Metrics, Step(both, Entropy).Metrics);

        Assert.Equal(plain.TargetEntropy, ent.TargetEntropy);
        foreach (var (name, value) in plain.Terms)
        {
            Assert.Equal(!name.StartsWith("dino_", StringComparison.Ordinal), value == ent.Terms[name]);
        }
    }

    /// <summary>The paper's loss, the slow way: for each of the teacher's rows the heads' cross-entropies under the weights of that row.</summary>
    [Fact]
    public void Targets_SeveralHeads_GiveThePapersLoss()
    {
        var configuration = TinyRun.Configuration([.. Alone]);
        using var model = new PoaModel(configuration);
        using var source = new BatchSource(new NoiseImages(16), configuration);
        using var batch = source.Next(cancellationToken: TestContext.Current.CancellationToken);
        ShardInput[] shards = [new(0, batch, configuration.Grid().Intact)];
        var losses = LossSettings.Of(configuration);
        var plain = TeacherTargets.Compute(model, losses, shards, Uniform, ShardGroup.Single)[0].Intact;
        var ent = TeacherTargets.Compute(model, losses, shards, Entropy, ShardGroup.Single)[0].Intact;
        using var generator = new Generator(3);
        Tensor[] students = [.. plain.Select(branch => randn(branch.Swapped_2BK!.shape, generator: generator).log_softmax(1))];

        var expected = 0.0;
        var rows = plain[0].Swapped_2BK!.shape[0];
        for (var row = 0L; row < rows; row++)
        {
            double[] entropies = [.. plain.Select(branch => -branch.Swapped_2BK![row].xlogy(branch.Swapped_2BK[row]).sum().item<float>())];
            double[] exponents = [.. entropies.Zip(plain, (entropy, branch) => Math.Exp(-entropy / (Temperature * Math.Log(branch.Swapped_2BK!.shape[1]))))];
            expected += plain.Select((branch, i) => exponents[i] / exponents.Sum() * -students[i][row].mul(branch.Swapped_2BK![row]).sum().item<float>()).Sum() / rows;
        }

        var actual = students.Select((student, i) => CrossEntropy.Mean(student, ent[i].Swapped_2BK!).item<float>()).Average(); // as the losses are averaged over branches
        Assert.Equal(expected, actual, 1e-4);
        Assert.NotEqual(students.Select((student, i) => CrossEntropy.Mean(student, plain[i].Swapped_2BK!).item<float>()).Average(), actual, 1e-3);

        // Local crops have both rows of their image.
        Assert.All(ent, branch => Assert.True(branch.Sum_BK!.sub(branch.Swapped_2BK!.view(2, batch.ImageCount, -1).sum([0L])).abs().max().item<float>() < 1e-6));
        Assert.All(ent, branch => Assert.False(branch.Swapped_2BK!.requires_grad));
    }

    [Fact]
    public void Run_Teacher_GetsNoGradient()
    {
        var model = Step(Alone, Entropy).Model;

        Assert.All(model.Teacher.Modules.SelectMany(module => module.Module.parameters()), parameter => Assert.Null(parameter.grad));
    }

    private static (StepMetrics Metrics, PoaModel Model) Step(string[] overrides, StepSchedule schedule)
    {
        var configuration = TinyRun.Configuration(overrides);
        var model = new PoaModel(configuration);
        using var source = new BatchSource(new NoiseImages(16), configuration);
        using var batch = source.Next();
        var elastic = configuration.Student.Elastic ? new SubNetwork(16, 2) : configuration.Grid().Intact;
        return (new TrainingStep(model).Run(batch, elastic, schedule), model);
    }
}
