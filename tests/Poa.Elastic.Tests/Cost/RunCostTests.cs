namespace Poa.Elastic.Tests.Cost;

public sealed class RunCostTests
{
    private static readonly PoaConfiguration Configuration = ConfigurationPresets.Load("demo",
    [
        "train.OFFICIAL_EPOCH_LENGTH=10", "optim.epochs=3", "train.batch_size_per_gpu=5", "student.max_embed_dim=48", "student.min_embed_dim=32",
        "dino.head_n_prototypes=[16,24]", "dino.head_hidden_dim=7", "dino.head_bottleneck_dim=3", "dino.head_nlayers=3",
    ]);

    [Fact]
    public void Of_Configuration_CountsStepsAndImages()
    {
        var cost = RunCost.Of(Configuration, 60);

        Assert.Equal((30, 5, 150, (double?)2.5), (cost.Steps, cost.BatchSize, cost.ImagesSeen, cost.Passes));
        Assert.Null(RunCost.Of(Configuration, 0).Passes);
    }

    [Fact]
    public void Of_Configuration_TakesTheGridsFigures()
    {
        var (cost, grid) = (RunCost.Of(Configuration, 1), Configuration.Grid());

        Assert.Equal(grid.SubNetworks.Count, cost.SubNetworks);
        Assert.Equal(new SubNetworkCost(cost.IntactParameters, cost.IntactMultiplyAccumulates), grid.CostOf(grid.Intact, Configuration.Crops.GlobalCropsSize));
        Assert.Equal(new SubNetworkCost(cost.SmallestParameters, cost.SmallestMultiplyAccumulates), grid.CostOf(grid.Smallest, Configuration.Crops.GlobalCropsSize));
    }

    [Fact]
    public void Of_Heads_CountsEveryBranch()
    {
        // 48 -> 7 -> 7 -> 3 with biases, then prototypes of 3 numbers and a norm each.
        const long Mlp = (48 * 7) + 7 + (7 * 7) + 7 + (7 * 3) + 3;
        const long Heads = (2 * Mlp) + (16 * 4) + (24 * 4);

        var cost = RunCost.Of(Configuration, 1);

        Assert.Equal(cost.IntactParameters + 48 + Heads, cost.TrainedParameters);
        Assert.Equal(16 * cost.TrainedParameters, cost.CheckpointBytes);
    }

    [Fact]
    public void Of_SeparatePatchHead_IsCountedAsWell()
    {
        var with = Configuration with { Ibot = Configuration.Ibot with { SeparateHead = true, LossWeight = 1, HeadPrototypes = [16], HeadLayers = 1, HeadBottleneckDim = 3 } };

        Assert.Equal((48 * 3) + 3 + (16 * 4), RunCost.Of(with, 1).TrainedParameters - RunCost.Of(Configuration, 1).TrainedParameters);
    }
}
