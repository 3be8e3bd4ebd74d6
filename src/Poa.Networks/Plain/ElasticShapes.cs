using Poa.Elastic;

namespace Poa.Networks;

/// <summary>Names and shapes of an elastic ViT's state dict, without making one.</summary>
internal static class ElasticShapes
{
    internal static IReadOnlyList<KeyValuePair<string, long[]>> Of(ViTArchitecture architecture)
    {
        var (max, hidden, patch) = (architecture.MaxEmbedDim, architecture.MaxHiddenDim, architecture.PatchSize);
        var shapes = new List<KeyValuePair<string, long[]>>();
        Add("cls_token", 1, 1, max);
        Add("pos_embed", 1, architecture.PatchCount + 1, max);
        Add("mask_token", 1, max);
        Add("patch_embed.proj.weight", max, architecture.InChannels, patch, patch);
        Add("patch_embed.proj.bias", max);
        for (var i = 0; i < architecture.MaxDepth; i++)
        {
            AddBlock($"blocks.{i}");
        }

        AddNorm("norm");
        return shapes;

        void AddBlock(string block)
        {
            AddNorm($"{block}.norm1");
            AddLinear($"{block}.attn.qkv", 3 * max, max, architecture.QkvBias);
            AddLinear($"{block}.attn.proj", max, max, architecture.ProjBias);
            AddScale($"{block}.ls1");
            AddNorm($"{block}.norm2");
            var (expand, rows, contract) = architecture.FeedForward == FeedForward.SwiGlu ? ("w12", 2 * hidden, "w3") : ("fc1", hidden, "fc2");
            AddLinear($"{block}.mlp.{expand}", rows, max, architecture.FfnBias);
            AddLinear($"{block}.mlp.{contract}", max, hidden, architecture.FfnBias);
            AddScale($"{block}.ls2");
        }

        void AddNorm(string name)
        {
            Add($"{name}.norm.weight", max);
            Add($"{name}.norm.bias", max);
        }

        void AddLinear(string name, long rows, long columns, bool bias)
        {
            Add($"{name}.linear.weight", rows, columns);
            if (bias)
            {
                Add($"{name}.linear.bias", rows);
            }
        }

        void AddScale(string name)
        {
            if (architecture.LayerScale is not null)
            {
                Add($"{name}.gamma", max);
            }
        }

        void Add(string name, params long[] shape) => shapes.Add(KeyValuePair.Create(name, shape));
    }
}
