using Poa.Elastic;
using static TorchSharp.torch;

namespace Poa.Networks;

/// <summary>
/// Several projection heads of different prototype counts over the same features (arXiv 2408.01031 §3.3, multiple projection heads). Each
/// has its own MLP to a bottleneck, L2 normalisation and a weight-normed prototype layer. Only the first linear layer is elastic, and
/// only in its inputs. Parameter names are those of the authors' state dict (<c>mlp0.0.linear.weight</c>, <c>last_layer0.weight_v</c>).
/// </summary>
public sealed class MultiPrototypeHead : nn.Module
{
    private readonly ProjectionMlp[] _mlps;
    private readonly PrototypeLayer[] _prototypes;

    /// <summary>Creates heads with the authors' initial distributions.</summary>
    /// <param name="maxInWidth">Width of the intact backbone.</param>
    /// <param name="prototypes">Prototypes of each branch.</param>
    /// <param name="hidden">Hidden width of the MLPs.</param>
    /// <param name="bottleneck">Width of the normalised features.</param>
    /// <param name="layers">Linear layers of each MLP; less than 1 counts as 1, as in the authors' code.</param>
    /// <param name="seed">Initial weights are a function of this, the sizes and <paramref name="module"/>.</param>
    /// <param name="device">Where the parameters lie; CPU by default.</param>
    /// <param name="module">Tells apart several heads of one run, for example 0 for class tokens and 1 for a separate patch head.</param>
    /// <param name="isScaled"><c>student.alpha_scaling</c>: whether the first layer makes up for inputs left out.</param>
    public MultiPrototypeHead(
        int maxInWidth, IReadOnlyList<int> prototypes, int hidden, int bottleneck, int layers, long seed, Device? device = null, int module = 0, bool isScaled = true)
        : base(nameof(MultiPrototypeHead))
    {
        ArgumentNullException.ThrowIfNull(prototypes);
        ArgumentOutOfRangeException.ThrowIfZero(prototypes.Count);
        foreach (var size in (int[])[maxInWidth, hidden, bottleneck, .. prototypes])
        {
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(size);
        }

        MaxInWidth = maxInWidth;
        Prototypes = [.. prototypes];
        var initialisation = new Initialisation(seed, RandomPurpose.HeadInitialisation, module, device ?? CPU);
        _mlps = [.. prototypes.Select(_ => new ProjectionMlp(maxInWidth, hidden, bottleneck, Math.Max(layers, 1), initialisation, isScaled))];
        _prototypes = [.. prototypes.Select(count => new PrototypeLayer(bottleneck, count, initialisation))];
        for (var i = 0; i < prototypes.Count; i++)
        {
            register_module($"mlp{i}", _mlps[i].Root);
        }

        for (var i = 0; i < prototypes.Count; i++)
        {
            register_module($"last_layer{i}", _prototypes[i]);
        }
    }

    /// <summary>Width of the intact backbone.</summary>
    public int MaxInWidth { get; }

    /// <summary>Prototypes of each branch.</summary>
    public IReadOnlyList<int> Prototypes { get; }

    /// <summary>Prototype scores of every branch.</summary>
    /// <param name="x_BD">Features; D is the active width, at most <see cref="MaxInWidth"/>.</param>
    /// <returns>[B, K_i] for branch i.</returns>
    /// <exception cref="ArgumentException">The features have another shape.</exception>
    public IReadOnlyList<Tensor> Forward(Tensor x_BD) => Forward([x_BD])[0];

    /// <summary>
    /// As <see cref="Forward(Tensor)"/> for several inputs, which may have different widths: all but the first layer runs on their
    /// rows together, and the prototypes are normalised once.
    /// </summary>
    /// <param name="inputs">Features [B_j, D_j].</param>
    /// <returns>For every input j the scores [B_j, K_i] of every branch i.</returns>
    /// <exception cref="ArgumentException">Features have another shape.</exception>
    public IReadOnlyList<IReadOnlyList<Tensor>> Forward(IReadOnlyList<Tensor> inputs) => Forward(inputs, null);

    /// <summary>As <see cref="Forward(Tensor)"/>, for features that need not be the leading ones.</summary>
    /// <param name="x_BD">Features.</param>
    /// <param name="channels">Which of the intact network's they are, D in number.</param>
    public IReadOnlyList<Tensor> Forward(Tensor x_BD, Channels channels) => Forward([x_BD], channels)[0];

    private IReadOnlyList<IReadOnlyList<Tensor>> Forward(IReadOnlyList<Tensor> inputs, Channels? channels)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        ArgumentOutOfRangeException.ThrowIfZero(inputs.Count);
        foreach (var x in inputs)
        {
            if (x.dim() != 2 || x.shape[1] < 1 || x.shape[1] > MaxInWidth)
            {
                throw new ArgumentException($"Features have shape [{string.Join(", ", x.shape)}]; [B, D] with D in 1..{MaxInWidth} is wanted.", nameof(inputs));
            }
        }

        using var scope = NewDisposeScope();
        long[] rows = [.. inputs.Select(x => x.shape[0])];
        var byBranch = _mlps.Select((mlp, i) =>
        {
            var scores = _prototypes[i].Forward(mlp.Forward(inputs, channels));
            return rows.Length == 1 ? [scores] : scores.split(rows, 0);
        }).ToArray();
        return
        [
            .. Enumerable.Range(0, rows.Length).Select(j =>
                (IReadOnlyList<Tensor>)[.. byBranch.Select(branch => branch[j].MoveToOuterDisposeScope())]),
        ];
    }
}
