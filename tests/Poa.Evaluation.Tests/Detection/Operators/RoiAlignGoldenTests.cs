using Poa.Evaluation.Detection.Operators;
using Poa.Testing;
using static TorchSharp.torch;

namespace Poa.Evaluation.Tests.Detection.Operators;

/// <summary>torchvision's RoIAlign: values to 1e-4, gradients to 2e-4, levels exact.</summary>
[Trait("Category", Golden.Trait)]
public sealed class RoiAlignGoldenTests
{
    private const double Tolerance = 1e-4;
    private const double GradientTolerance = 2e-4;

    public static TheoryData<int, int> Cases()
    {
        var settings = DetOps.Settings.GetProperty("roi_align");
        return new(
            from stride in settings.GetProperty("strides").EnumerateArray()
            from size in settings.GetProperty("output_sizes").EnumerateArray()
            select (stride.GetInt32(), size.GetInt32()));
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void FromLevels_GoldenMap_ValuesAndGradientAgree(int stride, int size)
    {
        using var scope = NewDisposeScope();
        var golden = DetOps.Load("roi_align");
        var samplingRatio = DetOps.Settings.GetProperty("roi_align").GetProperty("sampling_ratio").GetInt32();
        var map = golden[$"feat.s{stride}"].requires_grad_();
        var rois = golden["rois"];
        var name = $"s{stride}.o{size}";

        var output = RoiAlign.FromLevels(new([map], [stride]), rois, zeros_like(rois.select(1, 0), ScalarType.Int64), size, samplingRatio);
        output.backward([golden[$"{name}.grad_out"]]);

        DetOps.Close(golden[$"{name}.out"], output, Tolerance);
        DetOps.Close(golden[$"{name}.grad_feat"], map.grad!, GradientTolerance);
    }

    [Fact]
    public void LevelOf_GoldenBoxes_IsExact()
    {
        using var scope = NewDisposeScope();
        var golden = DetOps.Load("roi_levels");
        var settings = DetOps.Settings.GetProperty("roi_levels");

        DetOps.Same(
            golden["level"],
            RoiAlign.LevelOf(golden["boxes"], settings.GetProperty("num_levels").GetInt32(), settings.GetProperty("finest_scale").GetInt32()));
    }

    [Fact]
    public void FromPyramid_GoldenMaps_Agrees()
    {
        using var scope = NewDisposeScope();
        var golden = DetOps.Load("roi_levels");
        var maps = DetOps.Load("roi_align");
        var settings = DetOps.Settings.GetProperty("roi_levels");
        int[] strides = [.. settings.GetProperty("strides").EnumerateArray().Select(s => s.GetInt32())];
        var finest = settings.GetProperty("finest_scale").GetInt32();
        var rois = golden["extract.rois"];
        var features = new FeatureRows([.. strides.Select(s => maps[$"feat.s{s}"])], [.. strides]);

        DetOps.Same(golden["extract.level"], RoiAlign.LevelOf(rois.narrow(1, 1, 4), strides.Length, finest));
        foreach (var size in settings.GetProperty("output_sizes").EnumerateArray().Select(s => s.GetInt32()))
        {
            DetOps.Close(golden[$"extract.out{size}"], RoiAlign.FromPyramid(features, rois, size, finest), Tolerance);
        }
    }
}
