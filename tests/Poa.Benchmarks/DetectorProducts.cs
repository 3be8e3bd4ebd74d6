using Poa.Evaluation.Detection.Networks;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace Poa.Benchmarks;

/// <summary>
/// The matrix products and convolutions of one training step of a detector, by their shapes: forward, and backward to inputs and weights.
/// They are run on random values by themselves, for the time they take, and counted, for their floating-point operations.
/// </summary>
internal sealed class DetectorProducts
{
    private const int Patch = 16;
    private const int Mlp = 4;
    private const int HeadDim = 64;
    private const int Anchors = 3;

    private readonly List<Product> products = [];

    /// <param name="options">Sizes of the detector.</param>
    /// <param name="batch">Images.</param>
    /// <param name="side">Of an image, in pixels.</param>
    /// <param name="width">Of the ViT, with patches of 16 pixels.</param>
    /// <param name="depth">Of the ViT.</param>
    /// <param name="classes">Classes.</param>
    /// <param name="stages">Regions and positives of each stage.</param>
    public DetectorProducts(DetectorOptions options, int batch, int side, int width, int depth, int classes, IReadOnlyList<(long Regions, long Positives)> stages)
    {
        AddBackbone(batch, side / Patch, width, depth);
        AddPyramid(options, batch, side, width);
        foreach (var (regions, positives) in stages)
        {
            AddBoxHead(options, regions, classes);
            AddMaskHead(options, positives, classes);
        }
    }

    /// <summary>GFLOP of all, a multiplication and an addition counted as two.</summary>
    public double GigaFlops => products.Sum(product => product.Flops) / 1e9;

    /// <summary>Runs all once.</summary>
    public Timing Measure() => products.Select(product => product.Measure()).Aggregate((sum, one) => new(sum.Seconds + one.Seconds, sum.ProcessorSeconds + one.ProcessorSeconds));

    private void AddBackbone(int batch, int cells, int width, int depth)
    {
        long tokens = (cells * cells) + 1;
        Linear(batch * (tokens - 1), 3 * Patch * Patch, width, toInput: false);
        for (var block = 0; block < depth; block++)
        {
            Linear(batch * tokens, width, 3 * width);
            products.Add(Product.Attention(batch, width / HeadDim, tokens, HeadDim));
            Linear(batch * tokens, width, width);
            Linear(batch * tokens, width, Mlp * width);
            Linear(batch * tokens, Mlp * width, width);
        }

        products.Add(Product.Doubling(batch, width, width, cells));
        products.Add(Product.Doubling(batch, width, width, 2 * cells));
        products.Add(Product.Doubling(batch, width, width, cells));
    }

    private void AddPyramid(DetectorOptions options, int batch, int side, int width)
    {
        var channels = options.PyramidChannels;
        foreach (var stride in new[] { 4, 8, 16, 32, 64 })
        {
            if (stride < 64)
            {
                Convolution(batch, width, channels, side / stride, 1);
                Convolution(batch, channels, channels, side / stride, 3);
            }

            Convolution(batch, channels, channels, side / stride, 3);
            Convolution(batch, channels, 5 * Anchors, side / stride, 1);
        }
    }

    private void AddBoxHead(DetectorOptions options, long regions, int classes)
    {
        for (var i = 0; i < options.BoxConvolutions; i++)
        {
            Convolution(regions, i == 0 ? options.PyramidChannels : options.BoxChannels, options.BoxChannels, options.BoxRegionSize, 3);
        }

        Linear(regions, (long)options.BoxChannels * options.BoxRegionSize * options.BoxRegionSize, options.BoxUnits);
        Linear(regions, options.BoxUnits, (5L * classes) + 1);
    }

    private void AddMaskHead(DetectorOptions options, long positives, int classes)
    {
        if (!options.HasMasks || positives == 0)
        {
            return;
        }

        for (var i = 0; i < options.MaskConvolutions; i++)
        {
            Convolution(positives, i == 0 ? options.PyramidChannels : options.MaskChannels, options.MaskChannels, options.MaskRegionSize, 3);
        }

        products.Add(Product.Doubling(positives, options.MaskChannels, options.MaskChannels, options.MaskRegionSize));
        Convolution(positives, options.MaskChannels, classes, 2 * options.MaskRegionSize, 1);
    }

    private void Linear(long rows, long inputs, long outputs, bool toInput = true) => products.Add(Product.Linear(rows, inputs, outputs, toInput));

    private void Convolution(long batch, long inputs, long outputs, long side, long kernel) => products.Add(Product.Convolution(batch, inputs, outputs, side, kernel));

    /// <param name="Flops">Of forward and backward.</param>
    /// <param name="Shapes">Of the tensors that get a gradient.</param>
    /// <param name="Constant">Shape of one that gets none; null where there is none.</param>
    /// <param name="Run">From those tensors to the output.</param>
    private sealed record Product(double Flops, long[][] Shapes, long[]? Constant, Func<Tensor[], Tensor> Run)
    {
        public static Product Linear(long rows, long inputs, long outputs, bool toInput) => toInput
            ? new(6.0 * rows * inputs * outputs, [[rows, inputs], [outputs, inputs]], null, t => F.linear(t[0], t[1]))
            : new(4.0 * rows * inputs * outputs, [[outputs, inputs]], [rows, inputs], t => F.linear(t[1], t[0]));

        public static Product Convolution(long batch, long inputs, long outputs, long side, long kernel) => new(
            6.0 * batch * inputs * outputs * side * side * kernel * kernel,
            [[batch, inputs, side, side], [outputs, inputs, kernel, kernel]],
            null,
            t => F.conv2d(t[0], t[1], padding: [(kernel - 1) / 2, (kernel - 1) / 2]));

        public static Product Doubling(long batch, long inputs, long outputs, long side) => new(
            6.0 * batch * inputs * outputs * side * side * 4,
            [[batch, inputs, side, side], [inputs, outputs, 2, 2]],
            null,
            t => F.conv_transpose2d(t[0], t[1], strides: [2, 2]));

        public static Product Attention(long batch, long heads, long tokens, long dim) => new(
            12.0 * batch * heads * tokens * tokens * dim,
            [[batch, heads, tokens, dim], [batch, heads, tokens, dim], [batch, heads, tokens, dim]],
            null,
            t => F.scaled_dot_product_attention(t[0], t[1], t[2]));

        public Timing Measure()
        {
            using var scope = NewDisposeScope();
            Tensor[] learnt = [.. Shapes.Select(shape => randn(shape).requires_grad_())];
            Tensor[] all = Constant is null ? learnt : [.. learnt, randn(Constant)];
            var gradient = randn(Run(all).shape);
            return Timing.Of(() => autograd.grad([Run(all)], learnt, [gradient]));
        }
    }
}
