using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Poa.Networks;

/// <summary>
/// The MLP of one projection head: linear layers with the exact GELU between, the first one elastic in its inputs.
/// </summary>
internal sealed class ProjectionMlp
{
    private readonly ElasticLinear _first;
    private readonly LinearParameters[] _others;
    private readonly int _firstOut;

    internal ProjectionMlp(int maxIn, int hidden, int bottleneck, int layers, Initialisation initialisation, bool isScaled)
    {
        _firstOut = layers == 1 ? bottleneck : hidden;
        _first = new ElasticLinear(maxIn, _firstOut, bias: true, initialisation, isScaled);
        _others =
        [
            .. Enumerable.Range(1, layers - 1).Select(layer =>
            {
                var width = layer == layers - 1 ? bottleneck : hidden;
                return new LinearParameters(initialisation.TruncatedNormal(width, hidden), initialisation.Constant(0, width));
            }),
        ];
        Root = layers == 1 ? _first : new Layers(_first, _others);
    }

    /// <summary>The module that holds the parameters. A single layer is not numbered, as in the authors' state dict.</summary>
    internal Module Root { get; }

    /// <summary>Bottleneck features of all inputs' rows, one after the other.</summary>
    /// <param name="inputs">Features.</param>
    /// <param name="channels">Which of the intact network's they are; null for the leading ones.</param>
    internal Tensor Forward(IReadOnlyList<Tensor> inputs, Channels? channels)
    {
        var firsts = inputs.Select(x => _first.Slice(channels ?? (int)x.shape[1], _firstOut).Apply(x)).ToArray();
        var x = firsts.Length == 1 ? firsts[0] : cat(firsts, 0);
        return _others.Aggregate(x, (features, layer) => functional.linear(functional.gelu(features), layer.weight, layer.bias));
    }

    /// <summary>Numbers the layers as a sequence in which every other element is a GELU: 0, 2, 4, ...</summary>
    private sealed class Layers : Module
    {
        internal Layers(ElasticLinear first, LinearParameters[] others)
            : base(nameof(Layers))
        {
            register_module("0", first);
            for (var i = 0; i < others.Length; i++)
            {
                register_module($"{2 * (i + 1)}", others[i]);
            }
        }
    }
}
