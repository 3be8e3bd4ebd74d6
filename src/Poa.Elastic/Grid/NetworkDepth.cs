using System.Collections.Immutable;
using System.Globalization;

namespace Poa.Elastic;

/// <summary>
/// How deep a sub-network is: a number of blocks, or, where the depths of several stages are elastic (ResNet), the blocks of each of four
/// stages. Written <c>12</c> or <c>3-4-6-3</c>. Ordered by blocks in all, then stage by stage, which is the order of the authors' code.
/// </summary>
public readonly record struct NetworkDepth : IComparable<NetworkDepth>
{
    /// <summary>Stages of a depth that is given stage by stage.</summary>
    public const int StageCount = 4;

    private const int BitsPerStage = 16;

    // Blocks of the stages, the first in the highest bits, so that the numbers are ordered as the stages are; 0 for a single number.
    private readonly ulong _stages;

    /// <summary>A single number of blocks.</summary>
    /// <param name="blocks">The number.</param>
    public NetworkDepth(int blocks) => Blocks = blocks;

    /// <summary>Blocks of each stage.</summary>
    /// <param name="stages">Four numbers, each in [1, 65535].</param>
    /// <exception cref="ArgumentException">There are not four of them, or one is out of range.</exception>
    public NetworkDepth(params IReadOnlyList<int> stages)
    {
        ArgumentNullException.ThrowIfNull(stages);
        if (stages.Count != StageCount || stages.Any(blocks => blocks is < 1 or > ushort.MaxValue))
        {
            throw new ArgumentException($"[{string.Join(", ", stages)}] are not the blocks of {StageCount} stages, each in [1, {ushort.MaxValue}].", nameof(stages));
        }

        _stages = stages.Aggregate(0UL, (packed, blocks) => (packed << BitsPerStage) | (uint)blocks);
        Blocks = stages.Sum();
    }

    /// <summary>Blocks in all.</summary>
    public int Blocks { get; }

    /// <summary>Blocks of each stage; empty for a single number.</summary>
    public ImmutableArray<int> Stages
    {
        get
        {
            var packed = _stages;
            return packed == 0
                ? []
                : [.. Enumerable.Range(1, StageCount).Select(stage => (int)(packed >> (BitsPerStage * (StageCount - stage)) & ushort.MaxValue))];
        }
    }

    /// <summary>The text, for example <c>12</c> or <c>3-4-6-3</c>; the same in every culture.</summary>
    public override string ToString() =>
        _stages == 0 ? Blocks.ToString(CultureInfo.InvariantCulture) : string.Join('-', Stages.Select(blocks => blocks.ToString(CultureInfo.InvariantCulture)));

    /// <inheritdoc/>
    public int CompareTo(NetworkDepth other) => (Blocks, _stages).CompareTo((other.Blocks, other._stages));

    /// <summary>Reads what <see cref="ToString"/> writes.</summary>
    /// <param name="text">The text.</param>
    /// <param name="depth">The depth.</param>
    /// <returns>False if it is neither one positive number nor four with hyphens between.</returns>
    public static bool TryParse(ReadOnlySpan<char> text, out NetworkDepth depth)
    {
        depth = default;
        var numbers = new List<int>();
        foreach (var part in text.Split('-'))
        {
            if (!int.TryParse(text[part], NumberStyles.None, CultureInfo.InvariantCulture, out var number) || number < 1)
            {
                return false;
            }

            numbers.Add(number);
        }

        if (numbers.Count == 1)
        {
            depth = new NetworkDepth(numbers[0]);
            return true;
        }

        if (numbers.Count != StageCount || numbers.Any(number => number > ushort.MaxValue))
        {
            return false;
        }

        depth = new NetworkDepth(numbers);
        return true;
    }

    /// <summary>A single number of blocks.</summary>
    public static implicit operator NetworkDepth(int blocks) => new(blocks);

    /// <inheritdoc cref="CompareTo"/>
    public static bool operator <(NetworkDepth left, NetworkDepth right) => left.CompareTo(right) < 0;

    /// <inheritdoc cref="CompareTo"/>
    public static bool operator >(NetworkDepth left, NetworkDepth right) => left.CompareTo(right) > 0;

    /// <inheritdoc cref="CompareTo"/>
    public static bool operator <=(NetworkDepth left, NetworkDepth right) => left.CompareTo(right) <= 0;

    /// <inheritdoc cref="CompareTo"/>
    public static bool operator >=(NetworkDepth left, NetworkDepth right) => left.CompareTo(right) >= 0;
}
