using System.Collections.Immutable;
using Poa.Elastic;

namespace Poa.Actors.Abstractions;

/// <summary>What a pre-training run is to do. Fixed once the run is created.</summary>
[GenerateSerializer, Immutable, Alias("poa.RunSpecification")]
public sealed record RunSpecification
{
    /// <summary>The most shards that one run works on.</summary>
    public const int MaxShards = 1024;

    /// <summary>Run id, see <see cref="RunId"/>.</summary>
    [Id(0)]
    public required string RunId { get; init; }

    /// <summary>Name for people; may be empty.</summary>
    [Id(1)]
    public string Name { get; init; } = "";

    /// <summary>The whole configuration as canonical YAML (defaults, files and overrides merged).</summary>
    [Id(2)]
    public required string ConfigurationYaml { get; init; }

    /// <summary>Data specification, such as <c>folder:/data/photos</c> or <c>demo?split=train</c>.</summary>
    [Id(3)]
    public required string Data { get; init; }

    /// <summary>Who asked for it: a user name; may be empty.</summary>
    [Id(4)]
    public string CreatedBy { get; init; } = "";

    /// <summary>Free labels for search, such as <c>purpose=demo</c>.</summary>
    [Id(5)]
    public ImmutableDictionary<string, string> Labels { get; init; } = ImmutableDictionary<string, string>.Empty;

    /// <summary>Work of a higher priority is handed out first; equal priorities share fairly. In the range of <see cref="WorkPriority"/>, 0 by default.</summary>
    [Id(6)]
    public int Priority { get; init; }

    /// <summary>How many shards (devices) are to work on it together, in [1, <see cref="MaxShards"/>].</summary>
    [Id(7)]
    public int Shards { get; init; } = 1;

    /// <summary>With how many of them it may begin, and go on when some are lost; in [1, <see cref="Shards"/>].</summary>
    [Id(8)]
    public int MinimumShards { get; init; } = 1;

    /// <summary>Checks that each step of a run has a part for each shard: <c>train.virtual_shards</c> is a number for the whole run.</summary>
    /// <param name="configuration">The run's.</param>
    /// <param name="shards">How many are to work on it together.</param>
    /// <exception cref="PoaException">There are more shards than parts; the error names the key.</exception>
    public static void RequireAPartForEach(PoaConfiguration configuration, int shards)
    {
        if (shards > configuration.Train.VirtualShards)
        {
            throw new PoaException(
                ErrorCodes.InvalidArgument,
                $"{shards} shards are to train the run together, and train.virtual_shards cuts its steps into {configuration.Train.VirtualShards} part(s).",
                $"Start a run with train.virtual_shards of at least {shards}, or with fewer shards.");
        }
    }

    /// <summary>Refuses figures out of range.</summary>
    /// <exception cref="PoaException">One is (<see cref="ErrorCodes.InvalidArgument"/>).</exception>
    public void Validate()
    {
        WorkPriority.Validate(Priority);
        if (Shards is < 1 or > MaxShards || MinimumShards < 1 || MinimumShards > Shards)
        {
            throw new PoaException(
                ErrorCodes.InvalidArgument,
                $"Run {RunId} asks for {Shards} shards and for at least {MinimumShards}.",
                $"Choose shards in [1, {MaxShards}], and a minimum in [1, shards].");
        }
    }

    /// <summary>True if <paramref name="other"/> asks for the same run: the command may be repeated. Labels are compared by content.</summary>
    /// <param name="other">The other specification.</param>
    public bool IsSameAs(RunSpecification other) =>
        RunId == other.RunId && Name == other.Name && ConfigurationYaml == other.ConfigurationYaml && Data == other.Data &&
        CreatedBy == other.CreatedBy && Priority == other.Priority && Shards == other.Shards && MinimumShards == other.MinimumShards && Labels.Count == other.Labels.Count &&
        Labels.All(label => other.Labels.TryGetValue(label.Key, out var value) && value == label.Value);
}
