using Poa.Elastic;
using static TorchSharp.torch;

namespace Poa.Networks;

/// <summary>
/// Starts the intact network of an elastic ViT from a published one of the same shape: timm's vision transformers, DINOv2's (also with its blocks in
/// chunks, and within a training checkpoint), and this software's own files; as safetensors. At the intact width alpha is 1, so the weights go in as they are.
/// </summary>
public static class PublishedWeights
{
    private const string Conversion =
        "Convert it where PyTorch is: python -c \"import sys, torch; from safetensors.torch import save_file; s = torch.load(sys.argv[1], map_location='cpu', weights_only=True); "
        + "s = s.get('teacher', s.get('model', s)); save_file({k: v.contiguous() for k, v in s.items()}, sys.argv[2])\" IN.pth OUT.safetensors";

    /// <summary>Says what would become of every tensor. Reads the header of the file only.</summary>
    /// <param name="path">The file.</param>
    /// <param name="architecture">The network that is to start from it.</param>
    /// <exception cref="PublishedWeightsException">It is no safetensors file, or is damaged.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static WeightReport Inspect(string path, ViTArchitecture architecture)
    {
        ArgumentNullException.ThrowIfNull(architecture);
        using var file = Open(path);
        return WeightMatching.Match(file, architecture);
    }

    /// <summary>Loads a file into a network: all of it or, where something does not fit, nothing.</summary>
    /// <param name="path">The file.</param>
    /// <param name="network">The network, on any device.</param>
    /// <returns>What became of every tensor.</returns>
    /// <exception cref="PublishedWeightsException">The file does not fit, is no safetensors file, is damaged, or holds values that are not finite.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static WeightReport Load(string path, ElasticViT network)
    {
        ArgumentNullException.ThrowIfNull(network);
        using var file = Open(path);
        var report = WeightMatching.Match(file, network.Architecture);
        if (!report.Fits)
        {
            throw new PublishedWeightsException(report);
        }

        var own = StateDictionary.Of(network).ToDictionary();
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        var weights = new Dictionary<string, Tensor>(StringComparer.Ordinal);
        foreach (var entry in report.Entries)
        {
            if (entry.Target is { } target)
            {
                weights.Add(target, entry.Fate switch
                {
                    WeightFate.Initialised => own[target],
                    WeightFate.Neutral => target.EndsWith(".gamma", StringComparison.Ordinal) ? ones_like(own[target]) : zeros_like(own[target]),
                    _ => Read(file, entry, own[target].shape),
                });
            }
        }

        StateDictionary.Load(network, weights, path);
        return report;
    }

    private static Tensor Read(SafetensorsFile file, WeightEntry entry, long[] shape)
    {
        using var scope = NewDisposeScope();
        Tensor values;
        try
        {
            values = file.Read(entry.Name).to(ScalarType.Float32);
        }
        catch (SafetensorsException e)
        {
            throw new PublishedWeightsException($"{e.Message} Nothing was loaded.", e);
        }

        if (!values.isfinite().all().item<bool>())
        {
            throw new PublishedWeightsException($"{file.Path}: tensor '{entry.Name}' holds values that are not finite. Nothing was loaded; take other weights.");
        }

        return (entry.Fate == WeightFate.Resized
            ? PositionResampling.AtLoad(values, WeightMatching.GridOf(values.shape)!.Value, WeightMatching.GridOf(shape)!.Value)
            : values).MoveToOuterDisposeScope();
    }

    /// <summary>Opens a weight file; its header is checked.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="PublishedWeightsException">It is no safetensors file, or is damaged; a file of PyTorch is told how to be converted.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static SafetensorsFile Open(string path)
    {
        try
        {
            return SafetensorsFile.Open(path);
        }
        catch (SafetensorsException e)
        {
            throw new PublishedWeightsException(
                IsPyTorch(path)
                    ? $"{path} is a file of PyTorch, which holds a program (a pickle) beside the tensors; only safetensors files are read. {Conversion}"
                    : $"{e.Message} Only whole safetensors files are read.",
                e);
        }
    }

    /// <summary>Whether a file begins as those that torch.save writes, today (a zip archive) or formerly (a pickle).</summary>
    private static bool IsPyTorch(string path)
    {
        Span<byte> start = stackalloc byte[4];
        using var stream = File.OpenRead(path);
        var read = stream.ReadAtLeast(start, start.Length, throwOnEndOfStream: false);
        return start[..read] is [(byte)'P', (byte)'K', 3, 4] or [0x80, >= 2 and <= 5, ..];
    }
}
