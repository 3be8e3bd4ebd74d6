using System.Globalization;
using Poa.Evaluation.Dense.Training;
using Poa.Networks;
using static TorchSharp.torch;

namespace Poa.Evaluation.Classification.Linear;

/// <summary>Checkpoints of the classifiers of a probe, in one folder for each sub-network, in the form of fine-tuning checkpoints.</summary>
/// <param name="root">Folder of all of them.</param>
/// <param name="description">All that decides what is computed: a checkpoint of another description is not continued.</param>
/// <param name="committed">Told sub-network and folder of a checkpoint that is complete.</param>
internal sealed class LinearCheckpoints(string root, string description, Action<string, string>? committed)
{
    private const string HeadsFile = "heads.safetensors";

    /// <summary>What decides the bits of classifiers after a step, in words.</summary>
    public static string Describe(LinearProbeOptions options, DataCard train, int classes, long steps, Device device) => string.Create(
        CultureInfo.InvariantCulture,
        $"""
        linear probe of {options.CheckpointSha256 ?? "weights without a hash"} on {device};
        {train.Name} {train.Fingerprint} with {classes} classes, unreadable images {(options.AllowUnreadable ? "replaced" : "refused")};
        {steps} steps of {options.BatchSize} images in parts of {options.ForwardBatch}, momentum {options.Momentum}, seed {options.Seed};
        rates {string.Join(" ", options.LearningRates)}; blocks {string.Join(" ", options.LastBlocks)} {options.Blocks}; pooling {string.Join(" ", options.AveragePooling)};
        crops of {options.Crop.Scale.Min}-{options.Crop.Scale.Max}, {options.Crop.AspectRatio.Min}-{options.Crop.AspectRatio.Max} at {options.CropSize}, flip {options.FlipProbability},
        mean {string.Join(" ", options.Normalisation.Mean)}, deviation {string.Join(" ", options.Normalisation.Deviation)}
        """);

    /// <summary>Puts classifiers where their newest checkpoint was, if there is one that fits; otherwise they stay at the start.</summary>
    public void Resume(LinearHeads heads)
    {
        if (Of(heads).Latest(rejected: null) is not var (manifest, folder) || manifest.Description != description)
        {
            return;
        }

        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        var saved = Safetensors.Load(Path.Combine(folder, HeadsFile));
        foreach (var (name, tensor) in heads.State)
        {
            tensor.copy_(saved[name]);
        }

        heads.Steps = manifest.Iteration;
    }

    /// <summary>Writes a checkpoint.</summary>
    /// <exception cref="IOException">The disk is full or read-only.</exception>
    public void Save(LinearHeads heads)
    {
        using var scope = NewDisposeScope();
        var checkpoints = Of(heads);
        var folder = checkpoints.Save(
            new FineTuningManifest
            {
                Format = FineTuningManifest.CurrentFormat,
                Iteration = heads.Steps,
                Description = description,
                Skipped = 0,
                SkippedInARow = 0,
                Threads = TorchRuntime.Threads,
                TorchVersion = __version__,
                Notes = [],
                Files = [],
            },
            new Dictionary<string, IReadOnlyList<KeyValuePair<string, Tensor>>> { [HeadsFile] = heads.State });
        committed?.Invoke(heads.Network.ToString(), folder);
        checkpoints.Prune(heads.Steps);
    }

    private FineTuningCheckpoints Of(LinearHeads heads) => new(Path.Combine(root, heads.Network.ToString()));
}
