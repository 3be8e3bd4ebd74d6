using Poa.Elastic;

namespace Poa.Benchmarks;

/// <summary>
/// Multiply-accumulates of the matrix products of one training step, counted exactly from the shapes:
/// the teacher forwards both global crops, each student forwards and backpropagates global and local crops, and the heads take
/// class tokens and masked patches. A backward pass costs twice its forward pass (gradients of inputs and of weights), except
/// for the first layer, whose input needs none. Norms, softmax, losses, optimiser and EMA are not counted.
/// </summary>
internal sealed class StepWork(PoaConfiguration configuration)
{
    private readonly ISubNetworkGrid grid = configuration.Grid();

    private int Images => configuration.Train.BatchSizePerGpu;

    private int LocalCrops => configuration.Crops.LocalCropsNumber * Images;

    /// <param name="elastic">The elastic student of the step.</param>
    /// <param name="maskedPatches">Masked patches of the batch that the heads take; 0 while iBOT is off.</param>
    /// <returns>Floating-point operations: two per multiply-accumulate.</returns>
    public double Flops(SubNetwork elastic, long maskedPatches) =>
        2.0 * (Teacher(maskedPatches) + Student(grid.Intact, maskedPatches) + Student(elastic, maskedPatches));

    private long Teacher(long maskedPatches) =>
        (2 * Images * Forward(grid.Intact, configuration.Crops.GlobalCropsSize)) + Heads(grid.FeatureWidth(grid.Intact), (2 * Images) + maskedPatches);

    private long Student(SubNetwork student, long maskedPatches)
    {
        var backbone = (2 * Images * Forward(student, configuration.Crops.GlobalCropsSize)) + (LocalCrops * Local(size => Forward(student, size)));
        var firstLayer = (2 * Images * FirstLayer(student, configuration.Crops.GlobalCropsSize)) + (LocalCrops * Local(size => FirstLayer(student, size)));
        var heads = Heads(grid.FeatureWidth(student), (2 * Images) + LocalCrops + maskedPatches);
        return (3 * (backbone + heads)) - firstLayer;
    }

    private long Forward(SubNetwork subNetwork, int imageSize) => grid.CostOf(subNetwork, imageSize).MultiplyAccumulates;

    /// <summary>The patch embedding, that of a Swin always at its full width, or a ResNet's first convolution.</summary>
    private long FirstLayer(SubNetwork subNetwork, int imageSize)
    {
        const int Channels = 3, StemKernel = 7, StemStride = 2;
        var student = configuration.Student;
        if (student.Architecture == ArchitectureFamily.ResNet)
        {
            long side = ((imageSize - 1) / StemStride) + 1;
            return side * side * student.StemChannels * Channels * StemKernel * StemKernel;
        }

        long patches = imageSize / student.PatchSize * (imageSize / student.PatchSize);
        var width = student.Architecture == ArchitectureFamily.Swin ? student.MaxEmbedDim : subNetwork.Width;
        return patches * width * Channels * student.PatchSize * student.PatchSize;
    }

    private long Local(Func<int, long> cost) => LocalCrops == 0 ? 0 : cost(configuration.Crops.LocalCropsSize);

    private long Heads(long width, long rows)
    {
        var dino = configuration.Dino;
        long hidden = dino.HeadHiddenDim;
        long bottleneck = dino.HeadBottleneckDim;
        var mlp = dino.HeadLayers <= 1 ? width * bottleneck : (width * hidden) + ((dino.HeadLayers - 2) * hidden * hidden) + (hidden * bottleneck);
        return rows * dino.HeadPrototypes.Sum(prototypes => mlp + (bottleneck * prototypes));
    }
}
