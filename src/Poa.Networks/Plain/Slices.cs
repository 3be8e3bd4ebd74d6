using Poa.Elastic;
using static TorchSharp.torch;

namespace Poa.Networks;

/// <summary>Parts of an intact network's tensors as tensors of their own.</summary>
internal static class Slices
{
    /// <summary>A contiguous copy that shares nothing with the intact network.</summary>
    internal static Tensor Own(Tensor slice) => slice.detach().contiguous().clone();

    /// <summary>Leading rows of every group and leading columns of a linear layer's weight, times alpha where it applies.</summary>
    internal static Tensor Rows(Tensor weight, int groups, (int Max, int Active) rows, (int Max, int Active) columns, bool isScaled) => Own(weight
        .view(groups, rows.Max, columns.Max)
        .narrow(1, 0, rows.Active)
        .narrow(2, 0, columns.Active)
        .Times(ElasticWidth.Alpha(columns.Max, columns.Active, isScaled))
        .reshape((long)groups * rows.Active, columns.Active));
}
