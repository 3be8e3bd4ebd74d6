using Poa.Elastic;
using Poa.Evaluation.Dense.Layers;
using Poa.Evaluation.Segmentation;
using Poa.Evaluation.Segmentation.Heads;
using Poa.Evaluation.Tests.Dense;
using Poa.Networks;
using Poa.Testing;
using static TorchSharp.torch;

namespace Poa.Evaluation.Tests.Segmentation;

/// <summary>Heads and loss with the golden weights; tolerances as in the manifest.</summary>
[Trait("Category", Golden.Trait)]
public sealed class HeadGoldenTests
{
    private const double Tolerance = 1e-4;
    private const int Maps = 4;

    private readonly int dim = GoldenDownstream.Json("heads/heads.json").GetProperty("embed_dim").GetInt32();
    private readonly int channels = GoldenDownstream.Json("heads/heads.json").GetProperty("channels").GetInt32();
    private readonly int classes = GoldenDownstream.Json("heads/heads.json").GetProperty("num_classes").GetInt32();

    private int[] InChannels => [.. Enumerable.Repeat(dim, Maps)];

    private static Initialisation Start => new(1, RandomPurpose.Testing, 0, CPU);

    [Fact]
    public void UPerHead_GoldenPyramid_GivesTheGoldenScores()
    {
        using var scope = NewDisposeScope();
        using var file = DenseTesting.Golden("heads/heads.safetensors");
        var pools = file.Entries.Count(e => e.Name.StartsWith("w.decode_head.psp_modules.", StringComparison.Ordinal) && e.Name.EndsWith("conv.weight", StringComparison.Ordinal));
        Assert.Equal(4, pools);
        using var head = new UPerHead(InChannels, channels, classes, [1, 2, 3, 6], 0.1, Start);

        var logits = Run(file, head, "w.decode_head.", "vit_map");

        DenseTesting.AssertClose(file.Read("uper_logits"), logits, Tolerance, "UPerHead");
        var size = GoldenDownstream.Json("heads/heads.json").GetProperty("resized_to");
        DenseTesting.AssertClose(
            file.Read("uper_logits_resized"), Resizing.Bilinear(logits, size[0].GetInt64(), size[1].GetInt64()), Tolerance, "resized");
    }

    [Fact]
    public void AuxiliaryHead_GoldenPyramid_GivesTheGoldenScores()
    {
        using var scope = NewDisposeScope();
        using var file = DenseTesting.Golden("heads/heads.safetensors");
        using var head = new AuxiliaryHead(InChannels, channels, classes, 0.1, Start);

        DenseTesting.AssertClose(file.Read("aux_logits"), Run(file, head, "w.auxiliary_head.", "vit_map"), Tolerance, "auxiliary head");
    }

    [Theory]
    [InlineData("token_map", "linear_logits")]
    [InlineData("vit_map", "linear_logits_on_pyramid")]
    public void LinearHead_GoldenMaps_GivesTheGoldenScores(string maps, string logits)
    {
        using var scope = NewDisposeScope();
        using var file = DenseTesting.Golden("heads/heads.safetensors");
        using var head = new LinearHead(InChannels, classes, Start);

        DenseTesting.AssertClose(file.Read(logits), Run(file, head, "w.linear_head.", maps), Tolerance, logits);
    }

    [Theory]
    [InlineData(PixelAverage.All, 1.0, "loss_decode")]
    [InlineData(PixelAverage.All, 0.4, "loss_aux_0_4")]
    [InlineData(PixelAverage.Labelled, 1.0, "loss_if_averaged_over_valid_only")]
    public void Loss_GoldenScores_GivesTheGoldenLoss(PixelAverage average, double weight, string name)
    {
        using var scope = NewDisposeScope();
        using var file = DenseTesting.Golden("heads/seg_loss.safetensors");

        var loss = SegmentationLoss.Of(file.Read("logits"), file.Read("label").to(ScalarType.Int64), weight, average);

        DenseTesting.AssertClose(file.Read(name), loss.reshape(1), 1e-5, name);
    }

    [Fact]
    public void Loss_GoldenScores_HasTheGoldenGradient()
    {
        using var scope = NewDisposeScope();
        using var file = DenseTesting.Golden("heads/seg_loss.safetensors");
        var logits = file.Read("logits").requires_grad_();

        SegmentationLoss.Of(logits, file.Read("label").to(ScalarType.Int64), 1, PixelAverage.All).backward();

        DenseTesting.AssertClose(file.Read("grad_logits"), logits.grad!, 1e-6, "gradient");
    }

    private static Tensor Run(SafetensorsFile file, SegmentationHead head, string prefix, string maps)
    {
        using var noGrad = no_grad();
        StateDictionary.Load(head, DenseTesting.Weights(file, prefix), "golden");
        head.eval();
        return head.Forward([.. Enumerable.Range(0, Maps).Select(i => file.Read($"{maps}.{i}"))], step: null);
    }
}
