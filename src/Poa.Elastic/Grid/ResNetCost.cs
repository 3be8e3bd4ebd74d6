namespace Poa.Elastic;

/// <summary>Counts of the plain ResNet that a sub-network is extracted into.</summary>
internal static class ResNetCost
{
    private const int StemKernel = 7;
    private const int BlockKernel = 3;

    /// <summary>
    /// With I channels going into a block, M in its middle, O coming out, s its stride, c image channels, S channels of the stem:
    /// <code>
    /// parameters = 49 c S + 2S                                                 stem and its norm
    ///            + per block  I M + 2M + 9 M^2 + 2M + M O + 2O [+ I O + 2O]    three convolutions and norms [the convolution beside]
    /// multiply-accumulates = 49 c S n^2 + per block  I M n'^2 + (9 M^2 + M O [+ I O]) n''^2
    /// </code>
    /// with n cells along a side of the stem's convolution, n' before the block, n'' = floor((n' - 1) / s) + 1 after it. Convolutions only.
    /// </summary>
    public static SubNetworkCost Of(ResNetArchitecture architecture, SubNetwork subNetwork, int imageSize)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(imageSize, 1);
        long stem = architecture.StemChannels;
        var side = Strided(imageSize, 2);
        var parameters = (StemKernel * StemKernel * architecture.InChannels * stem) + (2 * stem);
        var products = StemKernel * StemKernel * architecture.InChannels * stem * side * side;
        side = Strided(side, 2);
        for (var stage = 0; stage < ResNetArchitecture.StageCount; stage++)
        {
            long from = architecture.InChannelsOf(stage);
            long middle = ResNetArchitecture.MidChannels(subNetwork.Width, stage);
            long to = architecture.OutChannels(stage);
            for (var block = 0; block < subNetwork.Depth.Stages[stage]; block++)
            {
                var after = block == 0 ? Strided(side, architecture.Strides[stage]) : side;
                var spatial = BlockKernel * BlockKernel * middle * middle;
                var beside = block == 0 && architecture.HasDownsample(stage) ? from * to : 0;
                parameters += (from * middle) + (4 * middle) + spatial + (middle * to) + (2 * to) + (beside > 0 ? beside + (2 * to) : 0);
                products += (from * middle * side * side) + ((spatial + (middle * to) + beside) * after * after);
                (side, from) = (after, to);
            }
        }

        return new SubNetworkCost(parameters, products);
    }

    /// <summary>Cells along a side after a stride, with padding that keeps the size otherwise.</summary>
    private static long Strided(long side, int stride) => ((side - 1) / stride) + 1;
}
