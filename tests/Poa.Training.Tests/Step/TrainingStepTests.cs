using Poa.Elastic;
using Poa.Networks;
using Poa.Training.Batching;
using Poa.Training.Exchange;
using Poa.Training.Step;
using Poa.Training.Tests.Exchange;
using Poa.Training.Tests.Session;
using Xunit;
using static TorchSharp.torch;

namespace Poa.Training.Tests.Step;

public sealed class TrainingStepTests : IDisposable
{
    private static readonly StepSchedule Schedule = new(1e-3, 1e-3, 0.04, 0.05, 0.9, MasksActive: true);
    private static readonly SubNetwork Elastic = new(16, 2);

    private readonly IDisposable scope = NewDisposeScope();

    [Theory]
    [InlineData("sinkhorn_knopp")]
    [InlineData("centering")]
    public void Run_LossNotFinite_ChangesNothing(string centering)
    {
        using var model = new PoaModel(TinyRun.Configuration($"train.centering={centering}"));
        var step = new TrainingStep(model);
        using (var good = Batch(model))
        {
            Assert.True(step.Run(good, Elastic, Schedule).Applied);
            var before = Snapshot(model);
            good.GlobalCrops[0].fill_(float.NaN);
            var metrics = step.Run(good, Elastic, Schedule);
            Assert.False(metrics.Applied);
            Assert.True(float.IsNaN(metrics.Loss));
            AssertSame(before, Snapshot(model));
        }

        // And the next step goes on as if nothing had been.
        using var next = Batch(model);
        Assert.True(step.Run(next, Elastic, Schedule).Applied);
    }

    [Theory]
    [InlineData("sinkhorn_knopp")]
    [InlineData("centering")]
    public async Task Run_LossNotFiniteOnOneMember_ChangesNothingOnAny(string centering)
    {
        string[] overrides = [$"train.centering={centering}", "train.virtual_shards=3"];
        var applied = await Formation.RunAsync(await Formation.OfAsync("in process", 2), exchange =>
        {
            using var threadScope = NewDisposeScope();
            using var model = new PoaModel(TinyRun.Configuration(overrides));
            var group = new ShardGroup(exchange, 3);
            var step = new TrainingStep(model, group);
            using var source = new BatchSource(new NoiseImages(16), model.Configuration, shards: group.Local);
            var answers = new List<bool>();
            for (var i = 0; i < 3; i++)
            {
                TrainingBatch[] batches = [.. Enumerable.Range(0, group.Local.Count).Select(_ => source.Next())];
                if (i == 1 && exchange.Rank == 1)
                {
                    batches[0].GlobalCrops[0].fill_(float.NaN);
                }

                var before = Snapshot(model);
                answers.Add(step.Run([.. batches.Select((batch, shard) => new ShardInput(group.Local.First + shard, batch, Elastic))], Schedule).Applied);
                if (!answers[^1])
                {
                    AssertSame(before, Snapshot(model));
                }

                Array.ForEach(batches, batch => batch.Dispose());
            }

            return answers;
        });
        Assert.All(applied, member => Assert.Equal([true, false, true], member));
    }

    [Fact]
    public void Run_OtherShardsThanTheMembers_IsRefused()
    {
        using var model = new PoaModel(TinyRun.Configuration());
        using var batch = Batch(model);
        var error = Assert.Throws<ArgumentException>(() => new TrainingStep(model).Run([new(1, batch, Elastic)], Schedule));
        Assert.Contains("Virtual shards 1 are given; this member has 1 from 0 on", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Run_WeightsOfZero_TermsAreLeftOut()
    {
        string[] overrides = ["ibot.loss_weight=0", "dino.koleo_loss_weight=0", "dino.lambda_ie=1"];
        using var model = new PoaModel(TinyRun.Configuration(overrides));
        using var batch = Batch(model);
        var metrics = new TrainingStep(model).Run(batch, Elastic, Schedule);
        Assert.Equal(
            ["dino_global_crops_loss_0", "dino_global_crops_loss_1", "dino_local_crops_loss_0", "dino_local_crops_loss_1"],
            metrics.Terms.Keys.Order(StringComparer.Ordinal));
        Assert.Equal(metrics.Terms.Values.Sum() / 2, metrics.Loss, 1e-4f);
    }

    [Fact]
    public void Run_NoTermAtAll_SaysThatThereIsNothingToTrain()
    {
        string[] overrides = ["dino.loss_weight=0", "dino.koleo_loss_weight=0", "dino.lambda_ie=1"];
        using var model = new PoaModel(TinyRun.Configuration(overrides));
        using var batch = Batch(model);
        Assert.Throws<InvalidOperationException>(() => new TrainingStep(model).Run(batch, Elastic, Schedule with { MasksActive = false }));
    }

    [Fact]
    public void Run_WithoutLocalCrops_HasGlobalTermsOnly()
    {
        using var model = new PoaModel(TinyRun.Configuration("crops.local_crops_number=0"));
        using var batch = Batch(model);
        var metrics = new TrainingStep(model).Run(batch, Elastic, Schedule);
        Assert.True(metrics.Applied);
        Assert.DoesNotContain(metrics.Terms.Keys, name => name.Contains("local", StringComparison.Ordinal));
    }

    [Fact]
    public void Run_SeparatePatchHead_TrainsIt()
    {
        string[] overrides = ["ibot.separate_head=true", "ibot.head_n_prototypes=[20, 12]", "ibot.head_hidden_dim=32", "ibot.head_bottleneck_dim=8", "train.centering=centering"];
        using var model = new PoaModel(TinyRun.Configuration(overrides));
        using var batch = Batch(model);
        var metrics = new TrainingStep(model).Run(batch, Elastic, Schedule);
        Assert.Equal(["backbone", "dino_head", "ibot_head"], metrics.GradientNorms.Keys);
        Assert.All(metrics.GradientNorms.Values, norm => Assert.True(norm > 0));
        Assert.Equal([20L, 12L], model.PatchCentres.BatchMeans.Select(mean => mean.shape[1]));
        Assert.All(model.PatchCentres.BatchMeans, mean => Assert.NotEqual(0f, mean.abs().sum().item<float>()));
    }

    [Fact]
    public void Run_OneStep_TeacherIsTheAverage()
    {
        using var model = new PoaModel(TinyRun.Configuration());
        var start = Snapshot(model);
        using var batch = Batch(model);
        new TrainingStep(model).Run(batch, Elastic, Schedule);
        var after = Snapshot(model);
        foreach (var name in after.Keys.Where(n => n.StartsWith("teacher.", StringComparison.Ordinal)))
        {
            var expected = (start[name] * Schedule.TeacherMomentum) + (after[name.Replace("teacher.", "student.", StringComparison.Ordinal)] * (1 - Schedule.TeacherMomentum));
            Assert.True(expected.allclose(after[name], rtol: 1e-5, atol: 1e-7), name);
        }
    }

    [Fact]
    public void Run_OneGlobalCropPerImage_IsRefused()
    {
        using var model = new PoaModel(TinyRun.Configuration());
        using var batch = new TrainingBatch(0, 2, zeros(2, 3, 16, 16), null, zeros(2, 16, ScalarType.Bool), empty(0, ScalarType.Int64), empty(0));
        Assert.Throws<ArgumentException>(() => new TrainingStep(model).Run(batch, Elastic, Schedule));
    }

    public void Dispose() => scope.Dispose();

    private static TrainingBatch Batch(PoaModel model)
    {
        using var source = new BatchSource(new NoiseImages(16), model.Configuration);
        return source.Next();
    }

    private static Dictionary<string, Tensor> Snapshot(PoaModel model)
    {
        var tensors = new Dictionary<string, Tensor>();
        foreach (var (prefix, network) in new[] { ("student", model.Student), ("teacher", model.Teacher) })
        {
            foreach (var (module, parameters) in network.Modules)
            {
                foreach (var (name, tensor) in StateDictionary.Of(parameters))
                {
                    tensors.Add($"{prefix}.{module}.{name}", tensor.detach().clone());
                }
            }
        }

        foreach (var (optimiser, (module, _)) in model.Optimisers.Zip(model.Student.Modules))
        {
            foreach (var (name, moment1, moment2, steps) in optimiser.State())
            {
                tensors.Add($"{module}.{name}.exp_avg", moment1.clone());
                tensors.Add($"{module}.{name}.exp_avg_sq", moment2.clone());
                tensors.Add($"{module}.{name}.step", tensor(steps));
            }
        }

        foreach (var (i, centres) in new[] { model.ClassCentres, model.PatchCentres }.Index())
        {
            foreach (var (j, tensor) in centres.Centres.Concat(centres.BatchMeans).Index())
            {
                tensors.Add($"centres.{i}.{j}", tensor.clone());
            }
        }

        return tensors;
    }

    private static void AssertSame(Dictionary<string, Tensor> expected, Dictionary<string, Tensor> actual) =>
        Assert.All(expected, entry => Assert.True(entry.Value.equal(actual[entry.Key]).all().item<bool>(), entry.Key));
}
