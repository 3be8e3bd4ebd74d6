using Poa.Elastic;
using Poa.Networks;
using static TorchSharp.torch;

namespace Poa.Training.Step;

/// <summary>Backbone and projection heads of a student or a teacher.</summary>
/// <remarks>Shape letters: R rows (class or patch tokens), D active width, K prototypes of a branch.</remarks>
internal sealed class PoaNetwork : IDisposable
{
    private const int PatchHeadModule = 1;

    private readonly MultiPrototypeHead? head;
    private readonly MultiPrototypeHead? patchHead;
    private readonly EmbeddingHead? embeddingHead;

    /// <param name="configuration">Describes the modules; train.seed gives their initial weights.</param>
    /// <param name="device">Where the parameters lie.</param>
    /// <param name="trainable">Whether gradients are taken.</param>
    public PoaNetwork(PoaConfiguration configuration, Device device, bool trainable)
    {
        // Modules own their parameters: no scope of the caller's may dispose them.
        using var scope = NewDisposeScope();
        var seed = configuration.Train.Seed;
        var (dino, ibot, isScaled) = (configuration.Dino, configuration.Ibot, configuration.Student.AlphaScaling);
        Backbone = ElasticBackbone.Create(configuration, seed, device);
        var width = Backbone.Grid.FeatureWidth(Backbone.Grid.Intact);
        if (configuration.DistilsFrozenTeacher)
        {
            embeddingHead = new EmbeddingHead(width, configuration.Seed.HeadHiddenDim, configuration.Seed.EmbeddingDim, seed, device);
            Modules = [("backbone", Backbone), ("seed_head", embeddingHead)];
        }
        else
        {
            head = new MultiPrototypeHead(
                width, configuration.ClassPrototypes, dino.HeadHiddenDim, dino.HeadBottleneckDim, dino.HeadLayers, seed, device, isScaled: isScaled);
            if (ibot.LossWeight > 0 && ibot.SeparateHead)
            {
                patchHead = new MultiPrototypeHead(
                    width, configuration.PatchPrototypes, ibot.HeadHiddenDim, ibot.HeadBottleneckDim, ibot.HeadLayers, seed, device, PatchHeadModule, isScaled);
            }

            Modules = patchHead is null
                ? [("backbone", Backbone), ("dino_head", head)]
                : [("backbone", Backbone), ("dino_head", head), ("ibot_head", patchHead)];
        }

        foreach (var (_, module) in Modules)
        {
            foreach (var parameter in module.parameters())
            {
                parameter.requires_grad = trainable;
                parameter.DetachFromDisposeScope();
            }
        }
    }

    /// <summary>The elastic backbone.</summary>
    public ElasticBackbone Backbone { get; }

    /// <summary>The sub-modules under the names they have in the authors' state dict; ours is <c>seed_head</c>.</summary>
    public IReadOnlyList<(string Name, nn.Module Module)> Modules { get; }

    /// <summary>Runs class tokens and masked patch tokens through the heads, with one head call for all rows that share a head.</summary>
    /// <param name="classGroups">Groups of class tokens, each [R, D].</param>
    /// <param name="patches_MD">Masked patch tokens, or null.</param>
    /// <param name="channels">Which of the intact network's features they are.</param>
    /// <param name="transform">Applied to each branch's scores before they are taken apart.</param>
    /// <returns>Per branch: the groups' rows in their order, [R, K] each, then the patches' rows. Without prototypes there are no branches.</returns>
    public (Tensor[][] Class, Tensor[] Patches) Project(
        IReadOnlyList<Tensor> classGroups, Tensor? patches_MD, Channels channels, Func<Tensor, Tensor> transform)
    {
        if (head is null)
        {
            return ([], []);
        }

        using var scope = NewDisposeScope();
        Tensor[] groups = patches_MD is not null && patchHead is null ? [.. classGroups, patches_MD] : [.. classGroups];
        long[] rows = [.. groups.Select(group => group.shape[0])];
        var split = head.Forward(cat(groups, 0), channels).Select(scores => transform(scores).split(rows, 0)).ToArray();
        var patches = patches_MD is null ? []
            : patchHead is null ? split.Select(parts => parts[^1]).ToArray()
            : patchHead.Forward(patches_MD, channels).Select(transform).ToArray();
        var byClass = split.Select(parts => parts[..classGroups.Count]).ToArray();
        foreach (var tensor in patches.Concat(byClass.SelectMany(parts => parts)))
        {
            tensor.MoveToOuterDisposeScope();
        }

        return (byClass, patches);
    }

    /// <summary>Embeddings to be compared with those of a frozen teacher; null where there is none.</summary>
    /// <param name="classTokens_RD">Class tokens.</param>
    /// <returns>[R, E], of length 1.</returns>
    public Tensor? Embed(Tensor classTokens_RD) => embeddingHead?.Forward(classTokens_RD);

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var (_, module) in Modules)
        {
            module.Dispose();
        }
    }
}
