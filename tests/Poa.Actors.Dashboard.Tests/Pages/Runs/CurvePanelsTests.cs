using Poa.Actors.Dashboard.Pages.Runs;
using Poa.Storage;

namespace Poa.Actors.Dashboard.Tests.Pages.Runs;

public sealed class CurvePanelsTests
{
    // What a worker writes for a step of the demo.
    private static readonly string[] Figures =
    [
        "loss", "learning_rate", "last_layer_learning_rate", "weight_decay", "teacher_temperature", "teacher_momentum", "applied", "images",
        "step_seconds", "data_seconds", "exchange_seconds", "koleo_loss", "dino_global_crops_loss_0", "dino_global_crops_loss_1", "distill_global_crops_loss_0",
        "gradient_norm_backbone", "gradient_norm_dino_head", "target_entropy",
    ];

    [Fact]
    public void For_AllFiguresOfAStep_DrawsEachOnceUnderAName()
    {
        var panels = CurvePanels.For(Figures);

        Assert.Equal(
            ["loss", "terms", "learning-rate", "weight-decay", "teacher-temperature", "teacher-momentum", "gradient-norms", "target-entropy", "speed", "step-time"],
            panels.Select(panel => panel.Key));
        Assert.Equal(
            ["class token, global crops, head 1", "class token, global crops, head 2", "distillation, global crops, head 1", "KoLeo"],
            panels.Single(panel => panel.Key == "terms").Lines.Select(line => line.Name));
        Assert.Equal(["backbone", "dino head"], panels.Single(panel => panel.Key == "gradient-norms").Lines.Select(line => line.Name));
    }

    [Fact]
    public void For_AFigureThatNobodyKnows_GetsAChartOfItsOwn()
    {
        var panel = CurvePanels.For([.. Figures, "queue_length"])[^1];

        Assert.Equal(("queue_length", "queue length"), (panel.Key, panel.Title));
    }

    [Fact]
    public void For_NoFigures_DrawsNothing() => Assert.Empty(CurvePanels.For([]));

    [Fact]
    public void Means_Speed_IsImagesByTime()
    {
        var series = Series(("images", [64, 64]), ("step_seconds", [0.5, 2]));

        Assert.Equal([128, 32], CurvePanels.Means(series, new Curve("images/s", "images", "step_seconds")));
    }

    [Fact]
    public void Means_MissingFigure_IsAGap() =>
        Assert.All(CurvePanels.Means(Series(("loss", [1, 2])), new Curve("x", "absent")), value => Assert.True(double.IsNaN(value)));

    [Fact]
    public void SkippedSteps_SummedUpPoints_CountsEachStep()
    {
        var series = Series(("applied", [1, 0.75, double.NaN])) with { Counts = [1, 16, 1] };

        Assert.Equal(4, CurvePanels.SkippedSteps(series));
    }

    private static MetricsSeries Series(params (string Name, double[] Values)[] columns) => new(
        [.. Enumerable.Range(0, columns[0].Values.Length).Select(i => (long)i)],
        [.. columns[0].Values.Select(_ => 1)],
        columns.ToDictionary(column => column.Name, column => new MetricsColumn(column.Values, column.Values, column.Values, [.. column.Values.Select(_ => 0)])),
        columns[0].Values.Length);
}
