using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Poa.Elastic;

namespace Poa.Networks;

/// <summary>
/// The configuration as JSON in the form of timm's hub files (<c>config.json</c>): <c>timm.create_model(architecture, **model_args)</c> builds the
/// network that the weights belong to. It also stands in the metadata of the weight file, so that this file alone is enough.
/// </summary>
internal static partial class TimmConfiguration
{
    /// <summary>Key of the weight file's metadata.</summary>
    internal const string MetadataKey = "timm_config";

    // Keys that timm does not know: what is needed beside its own arguments, and which family it is.
    private const string OwnKeys = "poa";
    private const string Family = "family";

    // Any of timm's plain ViTs; every size in it is overridden by model_args.
    private const string Architecture = "vit_small_patch16_224";

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    /// <summary>The JSON text.</summary>
    internal static string ToJson(PlainConfiguration configuration) => (configuration switch
    {
        PlainSwinConfiguration swin => Swin(swin),
        PlainResNetConfiguration resNet => ResNet(resNet),
        _ => ViT((PlainViTConfiguration)configuration),
    }).ToJsonString(Indented);

    /// <summary>Reads what <see cref="ToJson"/> wrote.</summary>
    /// <exception cref="SafetensorsException">The text is no such configuration.</exception>
    internal static PlainConfiguration Parse(string json, string file)
    {
        try
        {
            var root = JsonNode.Parse(json)?.AsObject() ?? throw new FormatException("it is null");
            return (string?)root[OwnKeys]?[Family] switch
            {
                null => ParseViT(root),
                SwinFamily => ParseSwin(root),
                ResNetFamily => ParseResNet(root),
                var family => throw new FormatException($"the family {family} is not known"),
            };
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or FormatException)
        {
            throw new SafetensorsException(file, null, $"its metadata '{MetadataKey}' is no configuration of an extracted network ({exception.Message.TrimEnd('.')})", exception);
        }
    }

    private static JsonObject ViT(PlainViTConfiguration configuration)
    {
        var arguments = new JsonObject
        {
            ["img_size"] = configuration.ImageSize,
            ["patch_size"] = configuration.PatchSize,
            ["in_chans"] = configuration.InChannels,
            ["embed_dim"] = configuration.EmbedDim,
            ["depth"] = configuration.Depth,
            ["num_heads"] = configuration.EmbedDim / configuration.HeadDim,
            ["mlp_ratio"] = MlpRatio(configuration.ExpandedDim, configuration.EmbedDim),
            ["qkv_bias"] = configuration.QkvBias,
            ["proj_bias"] = configuration.ProjBias,
            ["init_values"] = configuration.LayerScale ? 1e-5 : null,
            ["num_classes"] = 0,
        };
        if (configuration.FeedForward == FeedForward.SwiGlu)
        {
            // timm takes a class here, timm.layers.SwiGLUPacked; whoever builds the network replaces the name by it.
            arguments["mlp_layer"] = "SwiGLUPacked";
        }

        return Root(Architecture, configuration, "token", arguments, "patch_embed.proj", "head", isFixedSize: true);
    }

    private static PlainViTConfiguration ParseViT(JsonObject root)
    {
        var arguments = Required(root, "model_args").AsObject();
        var embedDim = Positive(arguments, "embed_dim");
        var expanded = (int)(embedDim * (double)Required(arguments, "mlp_ratio"));
        var gated = arguments.ContainsKey("mlp_layer");
        return new PlainViTConfiguration
        {
            ImageSize = Positive(arguments, "img_size"),
            PatchSize = Positive(arguments, "patch_size"),
            InChannels = Positive(arguments, "in_chans"),
            EmbedDim = embedDim,
            Depth = Positive(arguments, "depth"),
            HeadDim = embedDim / Positive(arguments, "num_heads"),
            HiddenDim = gated ? expanded / 2 : expanded,
            FeedForward = gated ? FeedForward.SwiGlu : FeedForward.Mlp,
            QkvBias = (bool)Required(arguments, "qkv_bias"),
            ProjBias = (bool)Required(arguments, "proj_bias"),
            LayerScale = arguments["init_values"] is not null,
            Preprocessing = Preprocessing(root),
        };
    }

    private static JsonObject Root(
        string architecture, PlainConfiguration configuration, string pool, JsonObject arguments, string firstConvolution, string classifier, bool isFixedSize)
    {
        var preprocessing = configuration.Preprocessing;
        return new JsonObject
        {
            ["architecture"] = architecture,
            ["num_classes"] = 0,
            ["num_features"] = configuration.FeatureWidth,
            ["global_pool"] = pool,
            ["model_args"] = arguments,
            ["pretrained_cfg"] = new JsonObject
            {
                ["input_size"] = new JsonArray(configuration.InChannels, configuration.ImageSize, configuration.ImageSize),
                ["fixed_input_size"] = isFixedSize,
                ["interpolation"] = preprocessing.Interpolation,
                ["mean"] = new JsonArray([.. preprocessing.Mean.Select(m => (JsonNode)m)]),
                ["std"] = new JsonArray([.. preprocessing.StandardDeviation.Select(s => (JsonNode)s)]),
                ["num_classes"] = 0,
                ["pool_size"] = null,
                ["first_conv"] = firstConvolution,
                ["classifier"] = classifier,
            },
        };
    }

    private static ImagePreprocessing Preprocessing(JsonObject root)
    {
        var pretrained = Required(root, "pretrained_cfg").AsObject();
        return new ImagePreprocessing
        {
            Mean = Numbers(pretrained, "mean"),
            StandardDeviation = Numbers(pretrained, "std"),
            Interpolation = (string)Required(pretrained, "interpolation")!,
        };
    }

    private static JsonNode Required(JsonObject parent, string name) => parent[name] ?? throw new FormatException($"{name} is missing");

    private static ImmutableArray<double> Numbers(JsonObject parent, string name) =>
        [.. Required(parent, name).AsArray().Select(n => (double)(n ?? throw new FormatException($"{name} holds null")))];

    private static int Positive(JsonObject parent, string name)
    {
        var value = (int)Required(parent, name);
        return value > 0 ? value : throw new FormatException(string.Create(CultureInfo.InvariantCulture, $"{name} is {value}"));
    }

    private static JsonArray Array(IEnumerable<int> numbers) => new([.. numbers.Select(n => (JsonNode)n)]);

    private static ImmutableArray<int> Integers(JsonObject parent, string name, int count)
    {
        ImmutableArray<int> values = [.. Required(parent, name).AsArray().Select(n => (int)(n ?? throw new FormatException($"{name} holds null")))];
        return values.Length == count && values.All(value => value > 0) ? values : throw new FormatException($"{name} is [{string.Join(", ", values)}], not {count} positive numbers");
    }

    /// <summary>
    /// timm computes the hidden width as int(embed_dim * mlp_ratio). Where the ratio is not whole, half a channel more keeps the product from
    /// falling short of the width by rounding.
    /// </summary>
    private static double MlpRatio(int hidden, int width) => hidden % width == 0 ? hidden / width : (hidden + 0.5) / width;
}
