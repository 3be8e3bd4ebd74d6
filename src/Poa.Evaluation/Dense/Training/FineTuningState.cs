using Poa.Evaluation.Dense.Optimisation;
using Poa.Networks;
using static TorchSharp.torch;

namespace Poa.Evaluation.Dense.Training;

/// <summary>
/// All tensors that a fine-tuning step changes: trained weights, AdamW's moments and step counts, buffers. Frozen weights are not among
/// them; whoever makes the network has them.
/// </summary>
internal sealed class FineTuningState : IDisposable
{
    private const string WeightsFile = "weights.safetensors";
    private const string OptimiserFile = "optimiser.safetensors";
    private const string BuffersFile = "buffers.safetensors";

    private readonly IReadOnlyList<KeyValuePair<string, Tensor>> weights;
    private readonly IReadOnlyList<KeyValuePair<string, Tensor>> buffers;
    private readonly Tensor[] buffersBefore;

    public FineTuningState(nn.Module network, IReadOnlyList<ParameterGroup> groups)
    {
        using var scope = NewDisposeScope();
        weights = [.. groups.SelectMany(g => g.Parameters).Select(p => KeyValuePair.Create(p.Key, (Tensor)p.Value))];
        buffers = [.. network.named_buffers().Select(b => KeyValuePair.Create(b.name, b.buffer))];
        buffersBefore = [.. buffers.Select(b => b.Value.clone().DetachFromDisposeScope())];
        Optimiser = new GroupedAdamW(groups);
    }

    public GroupedAdamW Optimiser { get; }

    /// <summary>The tensors of a checkpoint by file.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<KeyValuePair<string, Tensor>>> Files() =>
        new Dictionary<string, IReadOnlyList<KeyValuePair<string, Tensor>>>
        {
            [WeightsFile] = weights,
            [OptimiserFile] = [.. Optimiser.State()],
            [BuffersFile] = buffers,
        };

    /// <summary>Takes all tensors from a checkpoint folder.</summary>
    /// <exception cref="FineTuningException">A tensor is missing, superfluous or of another shape: the folder is of another network.</exception>
    public void Load(string folder)
    {
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        foreach (var (file, targets) in Files())
        {
            var saved = Safetensors.Load(Path.Combine(folder, file));
            Require(folder, file, saved, targets);
            foreach (var (name, target) in targets)
            {
                target.copy_(saved[name]);
            }

            if (file == OptimiserFile)
            {
                Optimiser.SetSteps(saved);
            }
        }
    }

    /// <summary>Remembers the buffers, which a forward pass changes, before a step.</summary>
    public void KeepBuffers() => Copy(buffers.Select(b => b.Value), buffersBefore);

    /// <summary>Puts them back where the step is not to count: running statistics of values that are not finite never recover.</summary>
    public void RestoreBuffers() => Copy(buffersBefore, buffers.Select(b => b.Value));

    /// <inheritdoc/>
    public void Dispose()
    {
        Optimiser.Dispose();
        foreach (var buffer in buffersBefore)
        {
            buffer.Dispose();
        }
    }

    private static void Copy(IEnumerable<Tensor> from, IEnumerable<Tensor> to)
    {
        using var noGrad = no_grad();
        foreach (var (source, target) in from.Zip(to))
        {
            target.copy_(source);
        }
    }

    private static void Require(string folder, string file, Dictionary<string, Tensor> saved, IReadOnlyList<KeyValuePair<string, Tensor>> targets)
    {
        string[] faults =
        [
            .. saved.Keys.Except(targets.Select(t => t.Key)).Select(name => $"{name} is not part of the network"),
            .. targets.Where(t => !saved.ContainsKey(t.Key)).Select(t => $"{t.Key} is missing"),
            .. targets.Where(t => saved.TryGetValue(t.Key, out var tensor) && !tensor.shape.SequenceEqual(t.Value.shape))
                .Select(t => $"{t.Key} has shape [{string.Join(", ", saved[t.Key].shape)}] instead of [{string.Join(", ", t.Value.shape)}]"),
        ];
        if (faults.Length > 0)
        {
            throw new FineTuningException($"{Path.Combine(folder, file)} does not fit the network: {string.Join("; ", faults)}. Use another checkpoint folder.");
        }
    }
}
