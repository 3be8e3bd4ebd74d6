using static TorchSharp.torch;

namespace Poa.Networks;

/// <summary>Rows of a packed token matrix [T, D] that belong to one input: B sequences of N tokens, one after the other.</summary>
/// <param name="Batch">B</param>
/// <param name="Tokens">N, the class token included.</param>
internal readonly record struct TokenGroup(long Batch, long Tokens)
{
    internal long Rows => Batch * Tokens;

    /// <summary>The groups' parts of a packed matrix, as views. One split for all, because its gradient is one concatenation.</summary>
    internal static Tensor[] Split(Tensor packed, IReadOnlyList<TokenGroup> groups) =>
        groups.Count == 1 ? [packed] : packed.split([.. groups.Select(g => g.Rows)], 0);

    /// <summary>The packed matrix of the groups' parts.</summary>
    internal static Tensor Pack(IReadOnlyList<Tensor> parts) => parts.Count == 1 ? parts[0] : cat([.. parts], 0);
}
