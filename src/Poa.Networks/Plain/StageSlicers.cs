using Poa.Elastic;
using static TorchSharp.torch;

namespace Poa.Networks;

/// <summary>Slices an elastic Swin's state dict tensor by tensor, independently of the modules that run elastic networks.</summary>
internal sealed class SwinSlicer(IReadOnlyDictionary<string, Tensor> intact, SwinArchitecture architecture, PlainSwinConfiguration plain)
{
    private readonly Dictionary<string, Tensor> _result = new(StringComparer.Ordinal);

    /// <summary>The plain network's weights.</summary>
    /// <param name="depth">Depth of the sub-network.</param>
    internal Dictionary<string, Tensor> Slice(NetworkDepth depth)
    {
        foreach (var part in (string[])["weight", "bias"])
        {
            _result[$"patch_embed.proj.{part}"] = Slices.Own(intact[$"patch_embed.proj.{part}"]);
            _result[$"patch_embed.norm.{part}"] = Slices.Own(intact[$"patch_embed.norm.norm.{part}"]);
        }

        for (var stage = 0; stage < SwinArchitecture.StageCount; stage++)
        {
            foreach (var (place, block) in architecture.KeptBlocks(stage, depth).Index())
            {
                SliceBlock($"stages.{stage}.blocks.{block}", $"layers.{stage}.blocks.{place}", stage);
            }

            SliceNorm($"norm{stage}", PlainSwinConfiguration.NormOf(stage), plain.StageWidths[stage]);
            if (stage > 0)
            {
                SliceMerging($"stages.{stage - 1}.downsample", $"layers.{stage}.downsample", stage - 1);
            }
        }

        return _result;
    }

    private void SliceBlock(string from, string to, int stage)
    {
        var (width, max, hidden) = (plain.StageWidths[stage], SwinArchitecture.StageWidth(architecture.MaxEmbedDim, stage), plain.HiddenDims[stage]);
        var maxHidden = SwinArchitecture.MlpRatio * max;
        SliceNorm($"{from}.norm1", $"{to}.norm1", width);
        SliceNorm($"{from}.norm2", $"{to}.norm2", width);
        _result[$"{to}.attn.relative_position_bias_table"] =
            Slices.Own(intact[$"{from}.attn.w_msa.relative_position_bias_table"].narrow(1, 0, width / plain.HeadDim));
        SliceLinear($"{from}.attn.w_msa.qkv", $"{to}.attn.qkv", 3, (max, width), (max, width));
        SliceLinear($"{from}.attn.w_msa.proj", $"{to}.attn.proj", 1, (max, width), (max, width));
        SliceLinear($"{from}.ffn.fc1", $"{to}.mlp.fc1", 1, (maxHidden, hidden), (max, width));
        SliceLinear($"{from}.ffn.fc2", $"{to}.mlp.fc2", 1, (max, width), (maxHidden, hidden));
    }

    private void SliceNorm(string from, string to, int width)
    {
        foreach (var part in (string[])["weight", "bias"])
        {
            _result[$"{to}.{part}"] = Slices.Own(intact[$"{from}.norm.{part}"].narrow(0, 0, width));
        }
    }

    private void SliceLinear(string from, string to, int groups, (int Max, int Active) rows, (int Max, int Active) columns)
    {
        _result[$"{to}.weight"] = Slices.Rows(intact[$"{from}.linear.weight"], groups, rows, columns, architecture.AlphaScaling);
        if (intact.TryGetValue($"{from}.linear.bias", out var bias))
        {
            _result[$"{to}.bias"] = Slices.Own(bias.view(groups, rows.Max).narrow(1, 0, rows.Active).reshape(-1));
        }
    }

    /// <summary>The leading channels of each of four neighbours, and the neighbours in timm's order.</summary>
    private void SliceMerging(string from, string to, int stage)
    {
        var (width, max) = (plain.StageWidths[stage], SwinArchitecture.StageWidth(architecture.MaxEmbedDim, stage));
        foreach (var part in (string[])["weight", "bias"])
        {
            _result[$"{to}.norm.{part}"] = Slices.Own(PlainSwinConfiguration.SwapNeighbours(
                intact[$"{from}.norm.norm.{part}"].view(SwinMerging.Neighbours, max).narrow(1, 0, width).reshape(-1)));
        }

        var reduction = intact[$"{from}.reduction.linear.weight"].narrow(0, 0, 2L * width).view(2L * width, SwinMerging.Neighbours, max).narrow(2, 0, width);
        _result[$"{to}.reduction.weight"] = Slices.Own(PlainSwinConfiguration.SwapNeighbours(
            reduction.reshape(2L * width, SwinMerging.Neighbours * width).Times(ElasticWidth.Alpha(max, width, architecture.AlphaScaling))));
    }
}

/// <summary>Slices an elastic ResNet's state dict tensor by tensor, independently of the modules that run elastic networks.</summary>
internal sealed class ResNetSlicer(IReadOnlyDictionary<string, Tensor> intact, ResNetArchitecture architecture, PlainResNetConfiguration plain)
{
    private readonly Dictionary<string, Tensor> _result = new(StringComparer.Ordinal);

    /// <summary>The plain network's weights.</summary>
    /// <param name="depth">Depth of the sub-network.</param>
    internal Dictionary<string, Tensor> Slice(NetworkDepth depth)
    {
        _result["conv1.weight"] = Slices.Own(intact["conv1.weight"]);
        SliceNorm("norm1", "bn1", plain.StemChannels);
        for (var stage = 0; stage < ResNetArchitecture.StageCount; stage++)
        {
            foreach (var (place, block) in architecture.KeptBlocks(stage, depth).Index())
            {
                SliceBlock($"layer{stage + 1}.layers.{block}", $"layer{stage + 1}.{place}", stage);
            }
        }

        return _result;
    }

    private void SliceBlock(string from, string to, int stage)
    {
        var (middle, max) = (
            ResNetArchitecture.MidChannels(plain.MidChannels, stage), ResNetArchitecture.MidChannels(ResNetArchitecture.WidthRange * architecture.BaseChannels, stage));
        var alpha = ElasticWidth.Alpha(max, middle, architecture.AlphaScaling);
        _result[$"{to}.conv1.weight"] = Slices.Own(intact[$"{from}.conv1.conv.weight"].narrow(0, 0, middle));
        _result[$"{to}.conv2.weight"] = Slices.Own(intact[$"{from}.conv2.conv.weight"].narrow(0, 0, middle).narrow(1, 0, middle).Times(alpha));
        _result[$"{to}.conv3.weight"] = Slices.Own(intact[$"{from}.conv3.conv.weight"].narrow(1, 0, middle).Times(alpha));
        SliceNorm($"{from}.norm1", $"{to}.bn1", middle);
        SliceNorm($"{from}.norm2", $"{to}.bn2", middle);
        SliceNorm($"{from}.norm3", $"{to}.bn3", plain.StageWidths[stage]);
        if (intact.TryGetValue($"{from}.downsample.0.weight", out var beside))
        {
            _result[$"{to}.downsample.0.weight"] = Slices.Own(beside);
            SliceNorm($"{from}.downsample.1", $"{to}.downsample.1", plain.StageWidths[stage]);
        }
    }

    private void SliceNorm(string from, string to, int channels)
    {
        foreach (var part in (string[])["weight", "bias"])
        {
            _result[$"{to}.{part}"] = Slices.Own(intact[$"{from}.{part}"].narrow(0, 0, channels));
        }
    }
}
