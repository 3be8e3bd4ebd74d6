using static TorchSharp.torch;

namespace Poa.Training.Optimisation;

/// <summary>One parameter of a module inside the module's flat memory.</summary>
/// <param name="Name">Key in the module's state dict.</param>
/// <param name="Offset">First element in <see cref="FlatParameters.Values"/>.</param>
/// <param name="Length">Number of elements.</param>
/// <param name="Group">What the schedules do with it.</param>
/// <param name="Value">The module's own tensor; its storage is the flat memory.</param>
internal sealed record FlatParameter(string Name, long Offset, long Length, ParameterGroup Group, Tensor Value);

/// <summary>
/// All parameters of a module in one contiguous tensor, of which each parameter is a view: clipping, AdamW and EMA
/// then are a few passes over memory instead of several small operations per parameter.
/// </summary>
/// <remarks>
/// Parameters of one group lie next to each other. The order depends on names and groups only, so that two modules
/// of the same architecture (student and teacher) have the same layout.
/// </remarks>
internal sealed class FlatParameters : IDisposable
{
    // Each parameter starts on a 64-byte line. The gaps hold zeros and stay zero under AdamW and EMA.
    private const long Alignment = 16;

    private FlatParameters(Tensor values, IReadOnlyList<FlatParameter> parameters)
    {
        Values = values;
        Parameters = parameters;
    }

    /// <summary>[total] float32, all parameters and the gaps between them.</summary>
    public Tensor Values { get; }

    /// <summary>The parameters in the order of their offsets.</summary>
    public IReadOnlyList<FlatParameter> Parameters { get; }

    /// <summary>Moves the parameters of a module into flat memory on their device. Values are kept, tensors too.</summary>
    /// <exception cref="NotSupportedException">A parameter is not float32.</exception>
    public static FlatParameters Attach(nn.Module module, Func<string, ParameterGroup> groupOf)
    {
        using var noGrad = no_grad();
        var ordered = module.named_parameters()
            .Select(entry => (entry.name, value: (Tensor)entry.parameter, group: groupOf(entry.name)))
            .OrderBy(entry => entry.group.IsLastLayer)
            .ThenBy(entry => entry.group.LearningRateMultiplier)
            .ThenBy(entry => entry.group.WeightDecayMultiplier)
            .ThenBy(entry => entry.name, StringComparer.Ordinal)
            .ToArray();
        var total = ordered.Sum(entry => Aligned(entry.value.numel()));
        var device = ordered[0].value.device;
        Tensor values;
        using (NewDisposeScope())
        {
            values = zeros(total, ScalarType.Float32, device).DetachFromDisposeScope();
        }

        var parameters = new List<FlatParameter>(ordered.Length);
        long offset = 0;
        foreach (var (name, value, group) in ordered)
        {
            using var scope = NewDisposeScope();
            if (value.dtype != ScalarType.Float32)
            {
                throw new NotSupportedException($"Parameter {name} is {value.dtype}; the optimiser works on float32 parameters only.");
            }

            var view = values.narrow(0, offset, value.numel()).view(value.shape);
            view.copy_(value);
            value.set_(view);
            parameters.Add(new(name, offset, value.numel(), group, value));
            offset += Aligned(value.numel());
        }

        return new(values, parameters);
    }

    /// <summary>A parameter's part of another flat tensor of the same layout, in the parameter's shape (a view).</summary>
    public static Tensor ViewOf(FlatParameter parameter, Tensor flat) =>
        flat.narrow(0, parameter.Offset, parameter.Length).view(parameter.Value.shape);

    /// <inheritdoc/>
    public void Dispose() => Values.Dispose();

    private static long Aligned(long length) => (length + Alignment - 1) / Alignment * Alignment;
}
