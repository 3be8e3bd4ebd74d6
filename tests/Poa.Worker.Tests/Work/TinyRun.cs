using Poa.Elastic;

namespace Poa.Worker.Tests.Work;

/// <summary>A run of 8 steps on demo images that takes less than a second.</summary>
internal static class TinyRun
{
    public const string Id = "tiny";

    public const long Steps = 8;

    /// <summary>What makes it so small, over the preset <c>demo</c>.</summary>
    public static IReadOnlyList<string> Overrides { get; } =
    [
        "train.OFFICIAL_EPOCH_LENGTH=8", "optim.epochs=1", "optim.warmup_epochs=0", "train.batch_size_per_gpu=4", "train.threads=1",
        "student.min_embed_dim=32", "student.max_embed_dim=48", "student.min_depth=2", "student.max_depth=3",
        "dino.head_n_prototypes=[16]", "dino.head_hidden_dim=32", "dino.head_bottleneck_dim=16",
        "checkpoint.period_iterations=3", "checkpoint.keep_last=2",
    ];

    public static PoaConfiguration Configuration { get; } = ConfigurationPresets.Load("demo", [.. Overrides]);

    public static string Yaml => Configuration.ToYaml();

    /// <summary>The run with a network of another family, over the presets <c>demo-swin</c> and <c>demo-resnet</c>.</summary>
    public static PoaConfiguration OfFamily(string family) => ConfigurationPresets.Load($"demo-{family}", OverridesOf(family));

    /// <summary>The run with a recipe and more overrides.</summary>
    public static PoaConfiguration OfRecipe(string family, string? recipe, IReadOnlyList<string> overrides) => ConfigurationPresets.Load(
        family == "vit" ? "demo" : $"demo-{family}", [.. family == "vit" ? Overrides : OverridesOf(family), "ibot.head_n_prototypes=[16]", .. overrides], recipe);

    private static IReadOnlyList<string> OverridesOf(string family) =>
    [
        .. Overrides.Where(text => !text.StartsWith("student.", StringComparison.Ordinal)),
        .. family == "swin"
            ? (string[])["student.min_embed_dim=8", "student.max_embed_dim=16", "student.min_s3_depth=1", "student.max_depths=[1, 1, 2, 1]"]
            : ["student.stem_channels=8", "student.base_channels=8", "student.max_depths=[1, 1, 2, 1]"],
    ];
}
