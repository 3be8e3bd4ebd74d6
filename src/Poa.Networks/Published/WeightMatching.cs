using Poa.Elastic;

namespace Poa.Networks;

/// <summary>Finds for every tensor of an elastic ViT the one in a published file that it starts from. Looks at names, types and shapes only.</summary>
internal sealed class WeightMatching
{
    internal const string Positions = "pos_embed";

    private const string PatchWeight = "patch_embed.proj.weight";
    private const string PatchBias = "patch_embed.proj.bias";

    private readonly ViTArchitecture _architecture;
    private readonly Dictionary<string, SafetensorsEntry> _found = new(StringComparer.Ordinal);
    private readonly List<WeightEntry> _entries = [];
    private readonly List<string> _faults = [];
    private readonly List<string> _notes = [];

    private WeightMatching(ViTArchitecture architecture) => _architecture = architecture;

    /// <param name="file">The file.</param>
    /// <param name="architecture">The network that is to start from it.</param>
    internal static WeightReport Match(SafetensorsFile file, ViTArchitecture architecture)
    {
        var matching = new WeightMatching(architecture);
        matching.Collect(file.Entries);
        matching.CompareShape();
        matching.CompareHeads(file);
        matching.MatchTargets();
        if (matching._faults.Count == 0 && matching._entries.Where(entry => entry.Fate == WeightFate.Refused).ToArray() is { Length: > 0 } refused)
        {
            matching._faults.Add($"{refused.Length} tensor(s) do not fit or are missing: take a file of exactly this network, or change the configuration to the file's.");
        }

        return new(
            file.Path,
            [.. matching._entries.OrderBy(entry => !file.TryFind(entry.Name, out _)).ThenBy(entry => entry.Name, StringComparer.Ordinal)],
            [.. matching._faults],
            [.. matching._notes]);
    }

    /// <summary>The grid of a square position table without its class row; null if it is none.</summary>
    internal static TokenGrid? GridOf(IReadOnlyList<long> positionShape)
    {
        var side = positionShape.Count == 3 && positionShape[1] > 1 ? (int)Math.Sqrt(positionShape[1] - 1) : 0;
        return side > 0 && (long)side * side == positionShape[1] - 1 ? new TokenGrid(side, side) : null;
    }

    /// <summary>Tells the network's own tensors from heads and the like, and a teacher's from a student's beside it.</summary>
    private void Collect(IReadOnlyList<SafetensorsEntry> tensors)
    {
        var named = tensors.OrderBy(tensor => tensor.Name, StringComparer.Ordinal).Select(tensor => (Tensor: tensor, Unwrapped: PublishedNames.Unwrap(tensor.Name))).ToArray();
        var hasTeacher = named.Any(one => !one.Unwrapped.IsStudent && PublishedNames.Foreignness(one.Unwrapped.Name) is null);
        foreach (var (tensor, (name, isStudent)) in named)
        {
            var common = PublishedNames.Common(name);
            if (PublishedNames.Foreignness(name) is { } why)
            {
                Add(tensor.Name, WeightFate.Ignored, why);
            }
            else if (isStudent && hasTeacher)
            {
                Add(tensor.Name, WeightFate.Ignored, "the student's; the teacher's are taken");
            }
            else if (!_found.TryAdd(common, tensor))
            {
                Add(tensor.Name, WeightFate.Refused, $"the same as {_found[common].Name}");
            }
        }
    }

    /// <summary>Says what kind of network the file is of where it is another: once, rather than for each of its tensors.</summary>
    private void CompareShape()
    {
        if (!_found.TryGetValue(PatchWeight, out var patches) || patches.Shape.Length != 4)
        {
            _faults.Add($"It holds no {PatchWeight} of four dimensions, so it is no vision transformer by the names of timm or DINOv2.");
            return;
        }

        Compare("channels wide", patches.Shape[0], _architecture.MaxEmbedDim, "student.max_embed_dim");
        Compare("blocks deep", _found.Keys.Select(name => PublishedNames.BlockOf(name) + 1 ?? 0).Max(), _architecture.MaxDepth, "student.max_depth");
        Compare("pixels a patch", patches.Shape[2], _architecture.PatchSize, "student.patch_size", " with crops of whole patches");
        if (patches.Shape[1] != _architecture.InChannels)
        {
            _faults.Add($"Its images have {patches.Shape[1]} channels, this network's {_architecture.InChannels}: take weights for such images.");
        }

        if (patches.Shape[2] != patches.Shape[3])
        {
            _faults.Add($"Its patches are {patches.Shape[2]} x {patches.Shape[3]} pixels; this network's are square.");
        }
    }

    private void Compare(string what, long file, long network, string key, string besides = "")
    {
        if (file != network)
        {
            _faults.Add($"Its network is {file} {what}, this one {network}: set {key}={file}{besides}, or take other weights.");
        }
    }

    /// <summary>No tensor tells how many heads there are; a file of this software does, in its metadata.</summary>
    private void CompareHeads(SafetensorsFile file)
    {
        if (!file.Metadata.TryGetValue(TimmConfiguration.MetadataKey, out var json))
        {
            _notes.Add($"heads of {_architecture.HeadDim} channels (student.head_dim) are taken for granted, which no tensor tells");
            return;
        }

        try
        {
            if (TimmConfiguration.Parse(json, file.Path) is PlainViTConfiguration plain)
            {
                Compare("channels a head", plain.HeadDim, _architecture.HeadDim, "student.head_dim");
            }
        }
        catch (SafetensorsException e)
        {
            _faults.Add(e.Message);
        }
    }

    private void MatchTargets()
    {
        foreach (var (target, shape) in ElasticShapes.Of(_architecture))
        {
            if (_found.Remove(PublishedNames.Common(target), out var tensor))
            {
                var (fate, note) = FateOf(target, tensor, shape);
                _entries.Add(new(tensor.Name, fate, note, target));
            }
            else
            {
                var (fate, note) = FateOfMissing(target);
                _entries.Add(new(target, fate, note, target));
            }
        }

        foreach (var (name, tensor) in _found)
        {
            var remedy = name.EndsWith(".gamma", StringComparison.Ordinal) && _architecture.LayerScale is null ? "this network has no LayerScale: set student.layerscale=1e-5"
                : name.EndsWith(".bias", StringComparison.Ordinal) ? "this network has no such bias: see student.qkv_bias, proj_bias and ffn_bias"
                : "not part of this network";
            Add(tensor.Name, WeightFate.Refused, remedy);
        }
    }

    private static (WeightFate Fate, string Note) FateOf(string target, SafetensorsEntry tensor, long[] shape)
    {
        if (tensor.DType is not ("F16" or "BF16" or "F32" or "F64"))
        {
            return (WeightFate.Refused, $"has elements of type {tensor.DType}, weights are F16, BF16, F32 or F64");
        }

        if (tensor.Shape.SequenceEqual(shape))
        {
            return (WeightFate.Used, "");
        }

        if (target == Positions && tensor.Shape.Length == 3 && tensor.Shape[0] == 1 && tensor.Shape[2] == shape[2])
        {
            return GridOf(tensor.Shape) is { } from && GridOf(shape) is { } to
                ? (WeightFate.Resized, $"from {from.Rows} x {from.Columns} to {to.Rows} x {to.Columns} patches, bicubically")
                : (WeightFate.Refused, $"has {tensor.Shape[1]} rows, which are not those of a class token and a square of patches");
        }

        return (WeightFate.Refused, $"is [{string.Join(", ", tensor.Shape)}], should be [{string.Join(", ", shape)}]");
    }

    private static (WeightFate Fate, string Note) FateOfMissing(string target) => target switch
    {
        "mask_token" => (WeightFate.Initialised, ""),
        _ when target.EndsWith(".gamma", StringComparison.Ordinal) => (WeightFate.Neutral, ""),
        // A norm without one is another kind of norm.
        _ when target.EndsWith(".linear.bias", StringComparison.Ordinal) || target == PatchBias => (WeightFate.Neutral, ""),
        _ => (WeightFate.Refused, "missing"),
    };

    private void Add(string name, WeightFate fate, string note) => _entries.Add(new(name, fate, note, null));
}
