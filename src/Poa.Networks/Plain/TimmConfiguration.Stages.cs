using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Poa.Elastic;

namespace Poa.Networks;

/// <summary>The families with stages.</summary>
internal static partial class TimmConfiguration
{
    private const string SwinFamily = "swin";
    private const string ResNetFamily = "resnet";

    // Any of timm's Swins and its ResNet with group norm; every size in them is overridden by model_args.
    private const string SwinArchitectureName = "swin_tiny_patch4_window7_224";
    private const string ResNetArchitectureName = "resnet50_gn";

    // timm's base_width is in 64ths of the channels that it calls planes, a quarter of a stage's output.
    private const int BaseWidthUnit = 64;

    private static JsonObject Swin(PlainSwinConfiguration configuration)
    {
        var arguments = new JsonObject
        {
            ["img_size"] = configuration.ImageSize,
            ["patch_size"] = configuration.PatchSize,
            ["in_chans"] = configuration.InChannels,
            ["embed_dim"] = configuration.EmbedDim,
            ["depths"] = Array(configuration.Depths),
            ["num_heads"] = Array(configuration.StageWidths.Select(width => width / configuration.HeadDim)),
            ["window_size"] = configuration.WindowSize,
            ["mlp_ratio"] = MlpRatio(configuration.HiddenDims[0], configuration.EmbedDim),
            ["qkv_bias"] = configuration.QkvBias,
            // Windows are whole and shifted even where a map is no larger than one, and masks are made for any size.
            ["always_partition"] = true,
            ["strict_img_size"] = false,
            ["num_classes"] = 0,
        };
        var root = Root(SwinArchitectureName, configuration, "avg", arguments, "patch_embed.proj", "head.fc", isFixedSize: false);
        root[OwnKeys] = new JsonObject
        {
            [Family] = SwinFamily,
            ["patch_embed_dim"] = configuration.PatchEmbedDim,
            ["hidden_dims"] = Array(configuration.HiddenDims),
            ["shifted"] = new JsonArray([.. configuration.Shifted.Select(stage => new JsonArray([.. stage.Select(isShifted => (JsonNode)isShifted)]))]),
        };
        return root;
    }

    private static PlainSwinConfiguration ParseSwin(JsonObject root)
    {
        var arguments = Required(root, "model_args").AsObject();
        var own = Required(root, OwnKeys).AsObject();
        var embedDim = Positive(arguments, "embed_dim");
        var depths = Integers(arguments, "depths", SwinArchitecture.StageCount);
        ImmutableArray<ImmutableArray<bool>> shifted =
            [.. Required(own, "shifted").AsArray().Select(stage => (stage?.AsArray() ?? throw new FormatException("shifted holds null")).Select(isShifted => (bool)isShifted!).ToImmutableArray())];
        return shifted.Select(stage => stage.Length).SequenceEqual(depths)
            ? new PlainSwinConfiguration
            {
                ImageSize = Positive(arguments, "img_size"),
                PatchSize = Positive(arguments, "patch_size"),
                InChannels = Positive(arguments, "in_chans"),
                EmbedDim = embedDim,
                PatchEmbedDim = Positive(own, "patch_embed_dim"),
                Depths = depths,
                HeadDim = embedDim / Integers(arguments, "num_heads", SwinArchitecture.StageCount)[0],
                WindowSize = Positive(arguments, "window_size"),
                HiddenDims = Integers(own, "hidden_dims", SwinArchitecture.StageCount),
                Shifted = shifted,
                QkvBias = (bool)Required(arguments, "qkv_bias"),
                Preprocessing = Preprocessing(root),
            }
            : throw new FormatException("shifted does not fit depths");
    }

    private static JsonObject ResNet(PlainResNetConfiguration configuration)
    {
        var planes = configuration.OutChannels / ResNetArchitecture.Expansion;
        var arguments = new JsonObject
        {
            ["in_chans"] = configuration.InChannels,
            ["layers"] = Array(configuration.Depths),
            ["channels"] = Array(Enumerable.Range(0, ResNetArchitecture.StageCount).Select(stage => planes << stage)),
            ["base_width"] = BaseWidth(planes, configuration.MidChannels),
            ["num_classes"] = 0,
        };
        var root = Root(ResNetArchitectureName, configuration, "avg", arguments, "conv1", "fc", isFixedSize: false);
        root[OwnKeys] = new JsonObject
        {
            [Family] = ResNetFamily,
            ["image_size"] = configuration.ImageSize,
            ["stem_channels"] = configuration.StemChannels,
            ["mid_channels"] = configuration.MidChannels,
            ["groups"] = configuration.Groups,
            ["strides"] = Array(configuration.Strides),
        };
        return root;
    }

    /// <summary>
    /// The base width at which timm, which builds ⌊planes * (base_width / 64)⌋ middle channels, builds <paramref name="middle"/> of them, and 2, 4 and 8
    /// times as many in the later stages. A ratio that is no binary fraction would round to just below that; a sixteenth more, which is below one
    /// channel even eightfold, keeps it above.
    /// </summary>
    internal static double BaseWidth(int planes, int middle) =>
        BaseWidthUnit * middle % planes == 0 ? BaseWidthUnit * middle / planes : BaseWidthUnit * (middle + (1 / 16.0)) / planes;

    private static PlainResNetConfiguration ParseResNet(JsonObject root)
    {
        var arguments = Required(root, "model_args").AsObject();
        var own = Required(root, OwnKeys).AsObject();
        return new PlainResNetConfiguration
        {
            ImageSize = Positive(own, "image_size"),
            InChannels = Positive(arguments, "in_chans"),
            Depths = Integers(arguments, "layers", ResNetArchitecture.StageCount),
            StemChannels = Positive(own, "stem_channels"),
            MidChannels = Positive(own, "mid_channels"),
            OutChannels = ResNetArchitecture.Expansion * Integers(arguments, "channels", ResNetArchitecture.StageCount)[0],
            Groups = Positive(own, "groups"),
            Strides = Integers(own, "strides", ResNetArchitecture.StageCount),
            Preprocessing = Preprocessing(root),
        };
    }
}
