using Poa.Elastic;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Poa.Networks;

/// <summary>
/// Makes the initial parameters of one module. Every parameter has a stream of its own, numbered in the order of creation, so that the
/// weights are a function of the seed and the architecture alone, whatever the device.
/// </summary>
/// <param name="seed">Seed of the run.</param>
/// <param name="purpose">What the weights are for; each purpose has streams of its own.</param>
/// <param name="module">Tells apart several modules of one purpose.</param>
/// <param name="device">Where the parameters are put.</param>
public sealed class Initialisation(long seed, RandomPurpose purpose, long module, Device device)
{
    private const double WeightDeviation = 0.02;

    // The authors truncate at -2 and 2, a hundred deviations out.
    private const double WeightBound = 2;

    private long _parameter;

    /// <summary>The value everywhere.</summary>
    public Parameter Constant(double value, params long[] shape)
    {
        _parameter++;
        using var scalar = value.ToScalar();
        return Own(full(shape, scalar, dtype: ScalarType.Float32, device: device));
    }

    /// <summary>Normal of deviation 0.02, as the authors initialise linear layers and positions.</summary>
    public Parameter TruncatedNormal(params long[] shape) =>
        Fill(shape, stream => stream.NextTruncatedGaussian(0, WeightDeviation, -WeightBound, WeightBound));

    /// <summary>Normal of the given deviation.</summary>
    public Parameter Normal(double deviation, params long[] shape) => Fill(shape, stream => stream.NextGaussian(0, deviation));

    /// <summary>Uniform in ± 1/sqrt(<paramref name="fanIn"/>), PyTorch's default for convolutions and linear layers.</summary>
    public Parameter FanInUniform(long fanIn, params long[] shape) => Uniform(1 / Math.Sqrt(fanIn), shape);

    /// <summary>Uniform in ± <paramref name="bound"/>.</summary>
    public Parameter Uniform(double bound, params long[] shape) => Fill(shape, stream => stream.Uniform(-bound, bound));

    private Parameter Fill(long[] shape, Func<RandomStream, double> draw)
    {
        var stream = Randomness.For(seed, purpose, module, _parameter++);
        var values = new float[shape.Aggregate(1L, (product, extent) => checked(product * extent))];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = (float)draw(stream);
        }

        // A tensor made of a managed array lies where the array lies. That place is aligned differently from time to time, and so may be the
        // last bits of a product with it; a copy is aligned as every tensor is.
        using var unaligned = tensor(values, shape);
        return Own(unaligned.to(device, copy: true));
    }

    /// <summary>A parameter lives as long as its module, whatever dispose scope the module is made in.</summary>
    private static Parameter Own(Tensor value)
    {
        value.DetachFromDisposeScope();
        var parameter = new Parameter(value);
        parameter.DetachFromDisposeScope();
        return parameter;
    }
}
