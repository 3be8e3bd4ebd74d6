using Poa.Networks;
using static TorchSharp.torch;

namespace Poa.Training.Session;

/// <summary>One safetensors file of a checkpoint: written from named tensors, read back into tensors of the same names, shapes and types.</summary>
internal static class TensorFile
{
    public static void Save(string path, IEnumerable<KeyValuePair<string, Tensor>> tensors) => Safetensors.Save(path, tensors);

    /// <summary>Faults of a file that keep it from being loaded; empty if there are none. Tensor contents are not read.</summary>
    public static IReadOnlyList<string> FaultsOf(string path, IReadOnlyList<KeyValuePair<string, Tensor>> targets)
    {
        var name = Path.GetFileName(path);
        try
        {
            using var file = SafetensorsFile.Open(path);
            var wanted = targets.ToDictionary(target => target.Key, target => target.Value);
            return
            [
                .. wanted.Where(target => !file.TryFind(target.Key, out _)).Select(target => $"{name} lacks {target.Key}"),
                .. file.Entries.Where(entry => !wanted.ContainsKey(entry.Name)).Select(entry => $"{name} has {entry.Name}, which the model has not"),
                .. from entry in file.Entries
                   where wanted.ContainsKey(entry.Name)
                   let target = wanted[entry.Name]
                   where !entry.Shape.AsSpan().SequenceEqual(target.shape)
                   select $"{name} has {entry.Name} as {entry}, the model as [{string.Join(", ", target.shape)}]",
            ];
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return [$"{name} cannot be read ({error.Message})"];
        }
    }

    /// <summary>Copies a file's tensors into the targets. <see cref="FaultsOf"/> has found nothing before.</summary>
    public static void Load(string path, IReadOnlyList<KeyValuePair<string, Tensor>> targets)
    {
        using var noGrad = no_grad();
        using var file = SafetensorsFile.Open(path);
        foreach (var (name, target) in targets)
        {
            using var scope = NewDisposeScope();
            target.copy_(file.Read(name));
        }
    }
}
