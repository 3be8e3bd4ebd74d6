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
    public static string Text(ExtractionWork work, SubNetworkCost cost, PlainViTConfiguration plain, CheckpointManifest checkpoint) =>
        string.Create(CultureInfo.InvariantCulture, $$"""
            # {{work.SubNetwork}} of run {{work.Run}}

            A plain vision transformer, taken out of an elastic network that was pre-trained without labels by POA
            (Pre-training Once for Models of All Sizes, arXiv 2408.01031). It is a feature extractor: there is no classifier.

            | | |
            | --- | --- |
            | width x depth | {{plain.EmbedDim}} x {{plain.Depth}} |
            | attention heads | {{plain.EmbedDim / plain.HeadDim}} of {{plain.HeadDim}} channels |
            | image, patch | {{plain.ImageSize}} x {{plain.ImageSize}} pixels, patches of {{plain.PatchSize}} |
            | parameters | {{cost.Parameters:N0}} |
            | multiply-accumulates of one image | {{cost.MultiplyAccumulates:N0}} |
            | mean, deviation of pixels | {{string.Join(" ", plain.Preprocessing.Mean)}}, {{string.Join(" ", plain.Preprocessing.StandardDeviation)}} |
            | checkpoint | iteration {{work.Iteration}}, sha256 {{checkpoint.ContentHash()}} |
            | configuration | sha256 {{checkpoint.Configuration.Fingerprint}} |
            | made by | {{checkpoint.SoftwareVersion}} |

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
            """) + "\n";
}
