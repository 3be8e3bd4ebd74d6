using System.Text.Json;
using Poa.Evaluation.Dense.Layers;
using Poa.Evaluation.Segmentation;
using Poa.Evaluation.Tests.Dense;
using Poa.Testing;
using static TorchSharp.torch;

namespace Poa.Evaluation.Tests.Segmentation;

/// <summary>Sliding windows with the golden model; tolerances as in the manifest.</summary>
[Trait("Category", Golden.Trait)]
public sealed class SlidingWindowGoldenTests
{
    private const double Tolerance = 1e-4;

    // Where the two best probabilities are closer than this, rounding may decide.
    private const double Tie = 1e-4;

    private readonly JsonElement settings = GoldenDownstream.Json("slide/slide.json");

    public static TheoryData<int> Cases() =>
        [.. GoldenDownstream.Json("slide/slide.json").GetProperty("cases").EnumerateArray().Select(c => c.GetProperty("case").GetInt32())];

    private SlidingWindow Slide => new(settings.GetProperty("crop")[0].GetInt32(), settings.GetProperty("stride")[0].GetInt32());

    [Theory]
    [MemberData(nameof(Cases))]
    public void Windows_GoldenCase_AreTheReferences(int number)
    {
        var one = Case(number);
        var size = one.GetProperty("image_hw");

        var windows = Slide.Windows(size[0].GetInt32(), size[1].GetInt32());

        ImageWindow[] expected =
        [
            .. one.GetProperty("windows_y1x1y2x2").EnumerateArray().Select(w => new ImageWindow(w[0].GetInt32(), w[1].GetInt32(), w[2].GetInt32(), w[3].GetInt32())),
        ];
        Assert.Equal(expected, windows);
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Logits_GoldenCase_AndClassesAgreeWithTheReference(int number)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        using var file = DenseTesting.Golden("slide/slide.safetensors");
        var classes = settings.GetProperty("num_classes").GetInt32();
        var (w1, b1, w2, b2) = (file.Read("w1"), file.Read("b1"), file.Read("w2"), file.Read("b2"));
        Tensor Model(Tensor x) => nn.functional.conv2d(nn.functional.conv2d(x, w1, b1, strides: [4, 4], padding: [1, 1]).relu(), w2, b2);

        var logits = Slide.Logits(file.Read($"case{number}.image"), classes, Model, TestContext.Current.CancellationToken);

        DenseTesting.AssertClose(file.Read($"case{number}.logits"), logits, Tolerance, "scores");
        var size = Case(number).GetProperty("ori_hw");
        var (height, width) = (size[0].GetInt64(), size[1].GetInt64());
        var rescaled = Resizing.Bilinear(logits, height, width);
        DenseTesting.AssertClose(file.Read($"case{number}.rescaled_logits"), rescaled, Tolerance, "rescaled scores");
        var best = rescaled.softmax(1).topk(2, dim: 1).values;
        var isClear = (best.narrow(1, 0, 1) - best.narrow(1, 1, 1)).squeeze(1).gt(Tie);
        var differs = Segmenter.Classes(logits, height, width).unsqueeze(0).ne(file.Read($"case{number}.argmax"));
        Assert.Equal(0, differs.logical_and(isClear).sum().item<long>());
        Assert.True(isClear.to(ScalarType.Float32).mean().item<float>() > 0.9);
    }

    private JsonElement Case(int number) => settings.GetProperty("cases").EnumerateArray().Single(c => c.GetProperty("case").GetInt32() == number);
}
