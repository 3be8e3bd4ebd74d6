using Poa.Elastic;
using static TorchSharp.torch;

namespace Poa.Networks;

/// <summary>Slices an intact state dict tensor by tensor, independently of the modules that run elastic networks.</summary>
internal sealed class PlainSlicer(IReadOnlyDictionary<string, Tensor> intact, ViTArchitecture architecture, PlainViTConfiguration plain)
{
    private readonly Dictionary<string, Tensor> _result = new(StringComparer.Ordinal);

    /// <summary>The plain network's weights.</summary>
    /// <param name="keptBlocks">Indices in the intact network.</param>
    internal Dictionary<string, Tensor> Slice(IReadOnlyList<int> keptBlocks)
    {
        var width = plain.EmbedDim;
        _result["cls_token"] = Slices.Own(intact["cls_token"].narrow(2, 0, width));
        _result["pos_embed"] = Slices.Own(intact["pos_embed"].narrow(2, 0, width));
        _result["patch_embed.proj.weight"] = Slices.Own(intact["patch_embed.proj.weight"].narrow(0, 0, width));
        _result["patch_embed.proj.bias"] = Slices.Own(intact["patch_embed.proj.bias"].narrow(0, 0, width));
        for (var i = 0; i < keptBlocks.Count; i++)
        {
            SliceBlock($"blocks.{keptBlocks[i]}", $"blocks.{i}");
        }

        SliceVector("norm.norm.weight", "norm.weight");
        SliceVector("norm.norm.bias", "norm.bias");
        return _result;
    }

    private void SliceBlock(string from, string to)
    {
        var (width, max, hidden, maxHidden) = (plain.EmbedDim, architecture.MaxEmbedDim, plain.HiddenDim, architecture.MaxHiddenDim);
        foreach (var norm in (string[])["norm1", "norm2"])
        {
            SliceVector($"{from}.{norm}.norm.weight", $"{to}.{norm}.weight");
            SliceVector($"{from}.{norm}.norm.bias", $"{to}.{norm}.bias");
        }

        SliceLinear($"{from}.attn.qkv", $"{to}.attn.qkv", 3, (max, width), (max, width), plain.QkvBias);
        SliceLinear($"{from}.attn.proj", $"{to}.attn.proj", 1, (max, width), (max, width), plain.ProjBias);
        var (expand, contract, gates) = architecture.FeedForward switch
        {
            FeedForward.Mlp => ("fc1", "fc2", 1),
            FeedForward.SwiGlu => ("w12", "w3", 2),
            _ => throw new NotSupportedException($"timm's VisionTransformer has no form of the feed-forward kind {architecture.FeedForward}."),
        };
        SliceLinear($"{from}.mlp.{expand}", $"{to}.mlp.fc1", gates, (maxHidden, hidden), (max, width), plain.ProjBias);
        SliceLinear($"{from}.mlp.{contract}", $"{to}.mlp.fc2", 1, (max, width), (maxHidden, hidden), plain.ProjBias);
        if (plain.LayerScale)
        {
            SliceVector($"{from}.ls1.gamma", $"{to}.ls1.gamma");
            SliceVector($"{from}.ls2.gamma", $"{to}.ls2.gamma");
        }
    }

    private void SliceVector(string from, string to) => _result[to] = Slices.Own(intact[from].narrow(0, 0, plain.EmbedDim));

    /// <summary>Leading rows of every group and leading columns, times alpha; a bias that only timm has is zero.</summary>
    private void SliceLinear(string from, string to, int groups, (int Max, int Active) rows, (int Max, int Active) columns, bool bias)
    {
        _result[$"{to}.weight"] = Slices.Rows(intact[$"{from}.linear.weight"], groups, rows, columns, architecture.AlphaScaling);
        if (bias)
        {
            _result[$"{to}.bias"] = intact.TryGetValue($"{from}.linear.bias", out var values)
                ? Slices.Own(values.view(groups, rows.Max).narrow(1, 0, rows.Active).reshape(-1))
                : zeros((long)groups * rows.Active, dtype: _result[$"{to}.weight"].dtype, device: _result[$"{to}.weight"].device);
        }
    }
}
