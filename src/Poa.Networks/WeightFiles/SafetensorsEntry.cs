using System.Collections.Immutable;

namespace Poa.Networks;

/// <summary>What the header of a safetensors file says of one tensor.</summary>
/// <param name="Name">Name, unique in the file.</param>
/// <param name="DType">Element type by the format's name, for example <c>F32</c>.</param>
/// <param name="Shape">Extents, outermost first; empty for a scalar.</param>
/// <param name="Begin">First byte, counted from the start of the data section.</param>
/// <param name="End">One past the last byte, counted from the start of the data section.</param>
public sealed record SafetensorsEntry(string Name, string DType, ImmutableArray<long> Shape, long Begin, long End)
{
    /// <summary>Size in bytes.</summary>
    public long Bytes => End - Begin;

    /// <summary>Type and shape as people write them, for example <c>F32 [3, 4]</c>.</summary>
    public override string ToString() => $"{DType} [{string.Join(", ", Shape)}]";
}
