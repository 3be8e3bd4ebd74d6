using Poa.Elastic;
using Poa.Networks;
using Poa.Training.Batching;
using Poa.Training.Losses;
using Poa.Training.Step;
using Poa.Training.Tests.Session;
using Xunit;
using static TorchSharp.torch;

namespace Poa.Training.Tests.Step;

/// <summary>Each switch of the losses and branches changes what it says, and nothing else.</summary>
public sealed class SwitchTests : IDisposable
{
    private static readonly StepSchedule Schedule = new(1e-3, 1e-3, 0.04, 0.05, 0.9, MasksActive: true);
    private static readonly SubNetwork Elastic = new(16, 2);
    private static readonly string[] Everything = ["dino_global_crops_loss", "dino_local_crops_loss", "distill_global_crops_loss", "distill_local_crops_loss", "ibot_loss", "koleo_loss"];

    private readonly IDisposable scope = NewDisposeScope();
    private readonly List<PoaModel> models = [];

    public static TheoryData<string, string[]> Missing => new()
    {
        { "train.seed=7", [] },
        { "teacher.elastic=true", [] },
        { "student.mode=random", [] },
        { "dino.elastic_cross_view=false", [] }, // the intact student still has it
        { "dino.elastic_same_view=false", ["distill_global_crops_loss", "distill_local_crops_loss"] },
        { "student.intact=false", ["distill_global_crops_loss", "distill_local_crops_loss"] },
        { "student.elastic=false", ["distill_global_crops_loss", "distill_local_crops_loss"] },
        { "dino.loss_weight=0", ["dino_global_crops_loss", "dino_local_crops_loss"] },
        { "ibot.loss_weight=0", ["ibot_loss"] },
        { "dino.koleo_loss_weight=0", ["koleo_loss"] },
        { "crops.local_crops_number=0", ["dino_local_crops_loss", "distill_local_crops_loss"] },
    };

    [Theory]
    [MemberData(nameof(Missing))]
    public void Run_Switch_LeavesOutItsTermsOnly(string key, string[] missing)
    {
        var metrics = Step([key]).Metrics;

        Assert.True(metrics.Applied);
        Assert.Equal(Everything.Except(missing), metrics.Terms.Keys.Select(name => name.TrimEnd('0', '1', '_')).Distinct().Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Run_WithoutElasticCrossView_KeepsTheIntactStudentsShareOnly()
    {
        var (all, without, alone) = (Step([]).Metrics, Step(["dino.elastic_cross_view=false"]).Metrics, Step(["student.elastic=false"]).Metrics);

        foreach (var (name, value) in without.Terms)
        {
            if (name.StartsWith("dino_", StringComparison.Ordinal))
            {
                Assert.Equal(0.8 * alone.Terms[name], value, 1e-5);
                Assert.True(value < all.Terms[name], name);
            }
            else
            {
                Assert.Equal(all.Terms[name], value);
            }
        }
    }

    [Fact]
    public void Run_WithoutSameView_ChangesNoOtherTerm()
    {
        var (all, without) = (Step([]).Metrics, Step(["dino.elastic_same_view=false"]).Metrics);

        Assert.All(without.Terms, term => Assert.Equal(all.Terms[term.Key], term.Value));
        Assert.Equal(all.Loss - without.Loss, all.Terms.Where(term => term.Key.StartsWith("distill", StringComparison.Ordinal)).Sum(term => term.Value) * 0.2 / 2, 1e-4);
    }

    [Fact]
    public void Run_WithoutMultipleHeads_TrainsTheLargestAlone()
    {
        var (one, listed) = (Step(["dino.multiple_heads=false"]), Step(["dino.head_n_prototypes=[32]"]));

        Assert.Equal([32L], one.Model.ClassCentres.Centres.Select(centre => centre.shape[1]));
        Assert.DoesNotContain(one.Metrics.Terms.Keys, name => name.EndsWith("_1", StringComparison.Ordinal));
        Assert.Equal(listed.Metrics.Terms, one.Metrics.Terms);
        AssertSame(listed.Model, one.Model);

        var separate = Step(["dino.multiple_heads=false", "ibot.separate_head=true", "ibot.head_n_prototypes=[40, 20, 12]", "ibot.head_hidden_dim=32", "ibot.head_bottleneck_dim=8"]);
        Assert.Equal([40L], separate.Model.PatchCentres.Centres.Select(centre => centre.shape[1]));
    }

    [Fact]
    public void Run_WithoutIntactStudent_LeavesWhatTheSubNetworkHasNotAsItIs()
    {
        var (all, without) = (Step([]), Step(["student.intact=false"]));

        // Two of three blocks are kept: the first and the last. A weight without a gradient takes no step.
        Assert.Contains("backbone.blocks.1.attn.qkv.linear.weight", Unchanged(without));
        Assert.All(Unchanged(without), name => Assert.StartsWith("backbone.blocks.1.", name, StringComparison.Ordinal));
        Assert.Empty(Unchanged(all));
    }

    [Fact]
    public void Run_WithoutElasticStudent_DoesNotDependOnTheSubNetwork()
    {
        string[] alone = ["student.elastic=false"];
        var (first, second) = (Step(alone), Step(alone));
        var withBoth = Step(["dino.lambda_ie=1", "dino.koleo_loss_weight=0"]);

        Assert.Equal(new SubNetwork(32, 3), Assert.Single(first.Metrics.SubNetworks));
        AssertSame(first.Model, second.Model);

        // With all the weight on the intact student the elastic one only costs time.
        AssertSame(withBoth.Model, Step(["student.elastic=false", "dino.koleo_loss_weight=0"]).Model);
    }

    [Theory]
    [InlineData("sinkhorn_knopp")]
    [InlineData("centering")]
    public void Run_ElasticTeacher_IsTheTeachersSubNetwork(string centering)
    {
        string[] elasticTeacher = ["teacher.elastic=true", "student.intact=false", $"train.centering={centering}"];
        string[] intactTeacher = ["student.intact=false", $"train.centering={centering}"];
        var (whole, wholeAgainstIntact) = (Step(elasticTeacher, new(32, 3)), Step(intactTeacher, new(32, 3)));

        // For the whole network it is no other teacher.
        Assert.Equal(wholeAgainstIntact.Metrics.Terms, whole.Metrics.Terms);
        AssertSame(wholeAgainstIntact.Model, whole.Model);

        var (small, smallAgainstIntact) = (Step(elasticTeacher).Metrics, Step(intactTeacher).Metrics);
        Assert.All(small.Terms.Where(term => term.Key != "koleo_loss"), term => Assert.NotEqual(smallAgainstIntact.Terms[term.Key], term.Value));
        Assert.Equal(smallAgainstIntact.Terms["koleo_loss"], small.Terms["koleo_loss"]);
    }

    [Fact]
    public void Run_RandomChannels_ChangesTheElasticStudentOnly()
    {
        var (order, random) = (Step([]).Metrics, Step(["student.mode=random"]).Metrics);
        var (ofIntact, ofIntactRandom) = (Step(["dino.elastic_cross_view=false"]).Metrics, Step(["dino.elastic_cross_view=false", "student.mode=random"]).Metrics);

        Assert.All(order.Terms, term => Assert.NotEqual(term.Value, random.Terms[term.Key]));
        Assert.All(ofIntact.Terms.Where(term => term.Key.StartsWith("dino", StringComparison.Ordinal)), term => Assert.Equal(term.Value, ofIntactRandom.Terms[term.Key]));

        // An elastic teacher takes the same channels: for the whole network, and for each sub-network, it sees what its student sees.
        Assert.True(Step(["student.mode=random", "teacher.elastic=true", "student.intact=false"]).Metrics.Applied);
    }

    [Fact]
    public void Run_ElasticTeacherBesideTheIntactOne_ServesTheElasticStudentOnly()
    {
        string[] centring = ["train.centering=centering"];
        var (all, with) = (Step(centring), Step([.. centring, "teacher.elastic=true"]));
        var (ofIntact, ofIntactWith) = (Step([.. centring, "dino.elastic_cross_view=false"]).Metrics, Step([.. centring, "dino.elastic_cross_view=false", "teacher.elastic=true"]).Metrics);

        Assert.All(all.Metrics.Terms.Where(term => term.Key.StartsWith("distill", StringComparison.Ordinal)), term => Assert.Equal(term.Value, with.Metrics.Terms[term.Key]));
        Assert.All(ofIntact.Terms.Where(term => term.Key.StartsWith("dino", StringComparison.Ordinal)), term => Assert.Equal(term.Value, ofIntactWith.Terms[term.Key]));
        Assert.Equal(all.Metrics.TargetEntropy, with.Metrics.TargetEntropy);

        // Each teacher has centres of its own.
        AssertMeans(all.Model.ClassCentres, with.Model.ClassCentres, areSame: true);
        AssertMeans(with.Model.ClassCentres, with.Model.ElasticCentres!.Value.Class, areSame: false);
        AssertMeans(with.Model.PatchCentres, with.Model.ElasticCentres!.Value.Patches, areSame: false);
        Assert.True(with.Model.ElasticCentres!.Value.Class.HasBatchMean);
    }

    public void Dispose()
    {
        models.ForEach(model => model.Dispose());
        scope.Dispose();
    }

    private (StepMetrics Metrics, PoaModel Model, IReadOnlyDictionary<string, Tensor> Before) Step(string[] overrides, SubNetwork? subNetwork = null)
    {
        var configuration = TinyRun.Configuration(overrides);
        var model = new PoaModel(configuration);
        models.Add(model);
        var before = Weights(model).ToDictionary(entry => entry.Name, entry => entry.Tensor.detach().clone());
        using var source = new BatchSource(new NoiseImages(16), configuration);
        using var batch = source.Next();
        var elastic = configuration.Student.Elastic ? subNetwork ?? Elastic : configuration.Grid().Intact;
        return (new TrainingStep(model).Run(batch, elastic, Schedule), model, before);
    }

    private static IEnumerable<(string Name, Tensor Tensor)> Weights(PoaModel model) =>
        from module in model.Student.Modules
        from entry in StateDictionary.Of(module.Module)
        select ($"{module.Name}.{entry.Key}", entry.Value);

    private static IEnumerable<string> Unchanged((StepMetrics Metrics, PoaModel Model, IReadOnlyDictionary<string, Tensor> Before) step) =>
        from weight in Weights(step.Model)
        where weight.Tensor.equal(step.Before[weight.Name]).all().item<bool>()
        select weight.Name;

    private static void AssertSame(PoaModel expected, PoaModel actual)
    {
        var there = Weights(actual).ToDictionary(entry => entry.Name, entry => entry.Tensor);
        Assert.All(Weights(expected), entry => Assert.True(entry.Tensor.equal(there[entry.Name]).all().item<bool>(), entry.Name));
    }

    private static void AssertMeans(TeacherCentres first, TeacherCentres second, bool areSame) =>
        Assert.All(first.BatchMeans.Zip(second.BatchMeans), pair => Assert.Equal(areSame, pair.First.equal(pair.Second).all().item<bool>()));
}
