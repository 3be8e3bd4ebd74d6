using static TorchSharp.torch;

namespace Poa.Networks;

/// <summary>A module's parameters and buffers by the names of the authors' state dict.</summary>
public static class StateDictionary
{
    /// <summary>Names and tensors in the module's order. The tensors are the module's own, not copies.</summary>
    public static IReadOnlyList<KeyValuePair<string, Tensor>> Of(nn.Module module)
    {
        ArgumentNullException.ThrowIfNull(module);
        return
        [
            .. module.named_parameters().Select(p => KeyValuePair.Create(p.name, (Tensor)p.parameter)),
            .. module.named_buffers().Select(b => KeyValuePair.Create(b.name, b.buffer)),
        ];
    }

    /// <summary>Copies weights into a module, on whatever device it lies: all of them or, where one does not fit, none.</summary>
    /// <param name="module">The module.</param>
    /// <param name="weights">A tensor for every name of <see cref="Of"/>, and none besides.</param>
    /// <param name="source">Where the weights come from, for the error.</param>
    /// <exception cref="WeightMismatchException">Tensors are missing, superfluous or of another shape; all are named.</exception>
    public static void Load(nn.Module module, IReadOnlyDictionary<string, Tensor> weights, string source)
    {
        var own = Of(module);
        Check([.. own.Select(o => KeyValuePair.Create(o.Key, o.Value.shape))], weights, source);
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        foreach (var (name, tensor) in own)
        {
            tensor.copy_(weights[name]);
        }
    }

    /// <summary>Checks that weights are exactly those of the names and shapes expected, and floating-point.</summary>
    /// <inheritdoc cref="Load" path="/exception"/>
    internal static void Check(IReadOnlyList<KeyValuePair<string, long[]>> expected, IReadOnlyDictionary<string, Tensor> weights, string source)
    {
        var missing = expected.Where(e => !weights.ContainsKey(e.Key)).Select(e => e.Key).ToArray();
        var unexpected = weights.Keys.Except(expected.Select(e => e.Key)).Order(StringComparer.Ordinal).ToArray();
        var misshaped = expected
            .Where(e => weights.TryGetValue(e.Key, out var tensor) && (!tensor.shape.SequenceEqual(e.Value) || !tensor.is_floating_point()))
            .Select(e => $"{e.Key} (is {weights[e.Key].dtype} [{string.Join(", ", weights[e.Key].shape)}], should be [{string.Join(", ", e.Value)}])")
            .ToArray();
        if (missing.Length + unexpected.Length + misshaped.Length > 0)
        {
            throw new WeightMismatchException(source, missing, unexpected, misshaped);
        }
    }
}
