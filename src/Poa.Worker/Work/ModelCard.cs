using System.Globalization;
using Poa.Actors.Abstractions;
using Poa.Elastic;
using Poa.Networks;
using Poa.Storage;

namespace Poa.Worker.Work;

/// <summary>The model card of an extracted sub-network: what it is, where it comes from, how to load it.</summary>
internal static class ModelCard
{
    /// <summary>The text of <c>README.md</c>. The same extraction always gives the same text.</summary>
    public static string Text(ExtractionWork work, SubNetworkCost cost, PlainConfiguration plain, CheckpointManifest checkpoint) =>
        string.Create(CultureInfo.InvariantCulture, $$"""
            # {{work.SubNetwork}} of run {{work.Run}}

            {{Capital(plain.Kind)}}, taken out of an elastic network that was pre-trained without labels by POA
            (Pre-training Once for Models of All Sizes, arXiv 2408.01031). It is a feature extractor: there is no classifier.

            | | |
            | --- | --- |
            {{Shape(plain)}}
            | parameters | {{cost.Parameters:N0}} |
            | multiply-accumulates of one image | {{cost.MultiplyAccumulates:N0}} |
            | mean, deviation of pixels | {{string.Join(" ", plain.Preprocessing.Mean)}}, {{string.Join(" ", plain.Preprocessing.StandardDeviation)}} |
            | checkpoint | iteration {{work.Iteration}}, sha256 {{checkpoint.ContentHash()}} |
            | configuration | sha256 {{checkpoint.Configuration.Fingerprint}} |
            | made by | {{checkpoint.SoftwareVersion}} |

            {{Loading(plain)}}
            """) + "\n";

    private static string Capital(string text) => char.ToUpperInvariant(text[0]) + text[1..];

    private static string Shape(PlainConfiguration plain) => plain switch
    {
        PlainSwinConfiguration swin => string.Create(CultureInfo.InvariantCulture, $"""
            | width of stage 1, blocks of each stage | {swin.EmbedDim}, {string.Join(" ", swin.Depths)} |
            | attention heads of each stage | {string.Join(" ", swin.StageWidths.Select(width => width / swin.HeadDim))} of {swin.HeadDim} channels, windows of {swin.WindowSize} |
            | image, patch | {swin.ImageSize} x {swin.ImageSize} pixels, patches of {swin.PatchSize} |
            """),
        PlainResNetConfiguration resNet => string.Create(CultureInfo.InvariantCulture, $"""
            | middle channels of stage 1, blocks of each stage | {resNet.MidChannels}, {string.Join(" ", resNet.Depths)} |
            | channels of each stage's output | {string.Join(" ", resNet.StageWidths)}, norms in {resNet.Groups} groups |
            | image | {resNet.ImageSize} x {resNet.ImageSize} pixels |
            """),
        _ => Shape((PlainViTConfiguration)plain),
    };

    private static string Shape(PlainViTConfiguration plain) => string.Create(CultureInfo.InvariantCulture, $"""
        | width x depth | {plain.EmbedDim} x {plain.Depth} |
        | attention heads | {plain.EmbedDim / plain.HeadDim} of {plain.HeadDim} channels |
        | image, patch | {plain.ImageSize} x {plain.ImageSize} pixels, patches of {plain.PatchSize} |
        """);

    private static string Loading(PlainConfiguration plain) => plain switch
    {
        PlainSwinConfiguration => """
            `model.safetensors` has the key names of timm's SwinTransformer, and `stage_norms.*` for the outputs of the first three stages. The
            patch embedding is wider than the network, and some windows are shifted otherwise than in timm: docs/weights.md of Poa.Actors has
            the few lines that load it into timm. `config.json` has the arguments, which also stand in the weight file's metadata.

            In .NET: `using var network = Poa.Networks.PlainNetwork.Load("model.safetensors");`

            The mean over the tokens after the last norm is the image's feature.
            """,
        PlainResNetConfiguration => """
            `model.safetensors` has the key names of timm's ResNet with group norm (`resnet50_gn`); `config.json` has the arguments it is made
            with, which also stand in the weight file's metadata. docs/weights.md of Poa.Actors has the few lines that load it into timm.

            In .NET: `using var network = Poa.Networks.PlainNetwork.Load("model.safetensors");`

            The mean over the last map is the image's feature.
            """,
        _ => """
            `model.safetensors` has the key names of timm's VisionTransformer; `config.json` has the arguments it is made with, which also
            stand in the weight file's metadata.

            In Python:

            ```python
            import json, timm
            from safetensors.torch import load_file
            config = json.load(open("config.json"))
            model = timm.create_model(config["architecture"], **config["model_args"])
            model.load_state_dict(load_file("model.safetensors"))
            ```

            In .NET: `using var network = Poa.Networks.PlainViT.Load("model.safetensors");`

            The class token after the last norm (`x_norm_clstoken`) is the image's feature.
            """,
    };
}
