namespace Poa.Actors.Dashboard.Pages.Grid;

/// <summary>The two fields that name images of one kind.</summary>
public sealed class ImageFields
{
    private ImageFields(BenchmarkImages kind) => Kind = kind;

    /// <summary>The kind.</summary>
    public BenchmarkImages Kind { get; }

    /// <summary>Images to learn from.</summary>
    public string Train { get; set; } = "";

    /// <summary>Held-out images.</summary>
    public string Test { get; set; } = "";

    /// <summary>What the images carry, for people.</summary>
    public required string Carry { get; init; }

    /// <summary>An example of <see cref="Train"/>.</summary>
    public required string TrainExample { get; init; }

    /// <summary>An example of <see cref="Test"/>.</summary>
    public required string TestExample { get; init; }

    /// <summary>Key of a fault of <see cref="Train"/>.</summary>
    public string TrainKey => $"{Kind}.{nameof(Train)}";

    /// <summary>Key of a fault of <see cref="Test"/>.</summary>
    public string TestKey => $"{Kind}.{nameof(Test)}";

    /// <summary>Both, as a sweep takes them.</summary>
    public EvaluationData Data => new(Train.Trim(), Test.Trim());

    /// <summary>Empty fields.</summary>
    /// <param name="kind">Any kind but <see cref="BenchmarkImages.None"/>.</param>
    public static ImageFields Of(BenchmarkImages kind) => kind switch
    {
        BenchmarkImages.Labelled => new(kind) { Carry = "known labels", TrainExample = "demo?split=train or folder:/data/photos", TestExample = "demo?split=test or folder:/data/more-photos" },
        BenchmarkImages.Coco => new(kind) { Carry = "boxes and masks", TrainExample = "coco:/data/coco?split=train", TestExample = "coco:/data/coco?split=val" },
        BenchmarkImages.Ade20k => new(kind) { Carry = "label maps", TrainExample = "ade20k:/data/ade20k?split=training", TestExample = "ade20k:/data/ade20k?split=validation" },
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "No images, no fields."),
    };
}
