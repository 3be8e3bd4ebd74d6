#pragma warning disable CS1591 // Each key is described by its attribute, which the printed reference shows too: one text, not two.

namespace Poa.Elastic;

/// <summary>
/// Section <c>compute_precision</c> of the authors' files: sharding and mixed precision of their FSDP modules. It is read and
/// checked so that their files load, and has no effect: everything is computed in float32.
/// </summary>
public sealed record ComputePrecisionOptions
{
    [ConfigurationKey("grad_scaler", "Has no effect: everything is computed in float32.")]
    public bool GradScaler { get; init; } = true;

    [ConfigurationKey("teacher")]
    public BranchPrecisionOptions Teacher { get; init; } = new();

    [ConfigurationKey("student")]
    public BranchPrecisionOptions Student { get; init; } = new()
    {
        DinoHead = new() { MixedPrecision = new() { ReduceType = "fp32" } },
        IbotHead = new() { MixedPrecision = new() { ReduceType = "fp32" } },
    };
}

/// <summary>Precision of one branch's modules.</summary>
public sealed record BranchPrecisionOptions
{
    [ConfigurationKey("backbone")]
    public ModulePrecisionOptions Backbone { get; init; } = new();

    [ConfigurationKey("dino_head")]
    public ModulePrecisionOptions DinoHead { get; init; } = new();

    [ConfigurationKey("ibot_head")]
    public ModulePrecisionOptions IbotHead { get; init; } = new();
}

/// <summary>Sharding and precision of one module.</summary>
public sealed record ModulePrecisionOptions
{
    [ConfigurationKey("sharding_strategy", "Has no effect.")]
    public string ShardingStrategy { get; init; } = "SHARD_GRAD_OP";

    [ConfigurationKey("mixed_precision")]
    public MixedPrecisionOptions MixedPrecision { get; init; } = new();
}

/// <summary>Number formats of one module.</summary>
public sealed record MixedPrecisionOptions
{
    [ConfigurationKey("param_dtype", "Has no effect.")]
    public string ParameterType { get; init; } = "fp16";

    [ConfigurationKey("reduce_dtype", "Has no effect.")]
    public string ReduceType { get; init; } = "fp16";

    [ConfigurationKey("buffer_dtype", "Has no effect.")]
    public string BufferType { get; init; } = "fp32";
}
