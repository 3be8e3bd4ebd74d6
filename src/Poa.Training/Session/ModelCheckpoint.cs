using Poa.Networks;
using Poa.Training.Step;
using static TorchSharp.torch;

namespace Poa.Training.Session;

/// <summary>The tensors of a checkpoint folder: student, teacher, AdamW's moments and steps, centres, each in a safetensors file.</summary>
internal static class ModelCheckpoint
{
    /// <summary>Names of the files.</summary>
    public static IReadOnlyList<string> FileNames { get; } = ["student.safetensors", "teacher.safetensors", "optimiser.safetensors", "centres.safetensors"];

    /// <summary>Writes all files into a folder that exists.</summary>
    public static void Save(PoaModel model, string folder)
    {
        using var scope = NewDisposeScope();
        foreach (var (file, tensors, _) in Parts(model))
        {
            TensorFile.Save(Path.Combine(folder, file), tensors);
        }
    }

    /// <summary>Reads all files of a folder into a model of the same configuration: all of them or, where something does not fit, none.</summary>
    /// <exception cref="CheckpointException">Files are missing or damaged, or tensors do not fit the model; all faults are listed.</exception>
    public static void Load(PoaModel model, string folder)
    {
        using var scope = NewDisposeScope();
        var parts = Parts(model).ToArray();
        string[] faults = [.. parts.SelectMany(part => TensorFile.FaultsOf(Path.Combine(folder, part.File), part.Tensors))];
        if (faults.Length > 0)
        {
            throw new CheckpointException(folder, faults);
        }

        foreach (var (file, tensors, apply) in parts)
        {
            TensorFile.Load(Path.Combine(folder, file), tensors);
            apply();
        }
    }

    private static IEnumerable<(string File, IReadOnlyList<KeyValuePair<string, Tensor>> Tensors, Action Apply)> Parts(PoaModel model)
    {
        yield return (FileNames[0], Weights(model.Student), static () => { });
        yield return (FileNames[1], Weights(model.Teacher), static () => { });
        yield return Optimiser(model);
        yield return Centres(model);
    }

    private static IReadOnlyList<KeyValuePair<string, Tensor>> Weights(PoaNetwork network) =>
    [
        .. from module in network.Modules
           from entry in StateDictionary.Of(module.Module)
           select KeyValuePair.Create($"{module.Name}.{entry.Key}", entry.Value),
    ];

    // The moments are PyTorch's exp_avg and exp_avg_sq; step counts differ between parameters, since one without gradient takes no step.
    private static (string File, IReadOnlyList<KeyValuePair<string, Tensor>> Tensors, Action Apply) Optimiser(PoaModel model)
    {
        var tensors = new List<KeyValuePair<string, Tensor>>();
        Action apply = static () => { };
        foreach (var (optimiser, (module, _)) in model.Optimisers.Zip(model.Student.Modules))
        {
            foreach (var (name, moment1, moment2, count) in optimiser.State())
            {
                var steps = tensor(count, ScalarType.Int64);
                tensors.Add(new($"exp_avg.{module}.{name}", moment1));
                tensors.Add(new($"exp_avg_sq.{module}.{name}", moment2));
                tensors.Add(new($"step.{module}.{name}", steps));
                apply += () => optimiser.SetSteps(name, steps.item<long>());
            }
        }

        return (FileNames[2], tensors, apply);
    }

    // center_i as in the reference's state dict; batch_center_i is the mean that enters it at the next step. The queue of a frozen teacher's embeddings lies with them.
    private static (string File, IReadOnlyList<KeyValuePair<string, Tensor>> Tensors, Action Apply) Centres(PoaModel model)
    {
        var tensors = new List<KeyValuePair<string, Tensor>>();
        Action apply = static () => { };
        foreach (var (loss, centres) in model.Centres)
        {
            var pending = tensor(centres.HasBatchMean ? 1L : 0L, ScalarType.Int64);
            tensors.Add(new($"{loss}.batch_center_pending", pending));
            tensors.AddRange(centres.Centres.Select((centre, i) => KeyValuePair.Create($"{loss}.center_{i}", centre)));
            tensors.AddRange(centres.BatchMeans.Select((mean, i) => KeyValuePair.Create($"{loss}.batch_center_{i}", mean)));
            apply += () => centres.HasBatchMean = pending.item<long>() != 0;
        }

        if (model.Queue is { } queue)
        {
            var oldest = tensor(queue.Oldest, ScalarType.Int64);
            tensors.Add(new("seed_loss.queue", queue.Rows_LE));
            tensors.Add(new("seed_loss.queue_oldest", oldest));
            apply += () => queue.Oldest = oldest.item<long>();
        }

        return (FileNames[3], tensors, apply);
    }
}
