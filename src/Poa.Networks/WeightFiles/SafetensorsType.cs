using System.Collections.Frozen;
using static TorchSharp.torch;

namespace Poa.Networks;

/// <summary>Element types of the safetensors format: their names, sizes and order in a file, and the TorchSharp type of each.</summary>
internal static class SafetensorsType
{
    /// <summary>
    /// Types from the smallest to the largest alignment, in the order of the format's reference implementation: a file holds its
    /// tensors by descending place in this list, so that every tensor is aligned to its element size.
    /// A type without a <see cref="ScalarType"/> is legal in a file, but TorchSharp has no tensor for it.
    /// </summary>
    private static readonly (string Name, int Bytes, ScalarType? Scalar)[] ByAlignment =
    [
        ("BOOL", 1, ScalarType.Bool),
        ("U8", 1, ScalarType.Byte),
        ("I8", 1, ScalarType.Int8),
        ("F8_E5M2", 1, null),
        ("F8_E4M3", 1, null),
        ("I16", 2, ScalarType.Int16),
        ("U16", 2, null),
        ("F16", 2, ScalarType.Float16),
        ("BF16", 2, ScalarType.BFloat16),
        ("I32", 4, ScalarType.Int32),
        ("U32", 4, null),
        ("F32", 4, ScalarType.Float32),
        ("F64", 8, ScalarType.Float64),
        ("I64", 8, ScalarType.Int64),
        ("U64", 8, null),
    ];

    private static readonly FrozenDictionary<string, int> PlaceByName =
        ByAlignment.Select((type, place) => KeyValuePair.Create(type.Name, place)).ToFrozenDictionary(StringComparer.Ordinal);

    private static readonly FrozenDictionary<ScalarType, int> PlaceByScalar =
        ByAlignment.Select((type, place) => (type.Scalar, place)).Where(t => t.Scalar is not null)
            .ToFrozenDictionary(t => t.Scalar!.Value, t => t.place);

    /// <summary>Bytes of one element, or null where the format knows no such type.</summary>
    internal static int? ElementBytes(string name) => PlaceByName.TryGetValue(name, out var place) ? ByAlignment[place].Bytes : null;

    /// <summary>The TorchSharp type of a name that <see cref="ElementBytes"/> knows, or null where TorchSharp has none.</summary>
    internal static ScalarType? Scalar(string name) => ByAlignment[PlaceByName[name]].Scalar;

    /// <summary>Name and place in the file order of a TorchSharp type, or null where the format has no such type.</summary>
    internal static (string Name, int Place)? Of(ScalarType type) =>
        PlaceByScalar.TryGetValue(type, out var place) ? (ByAlignment[place].Name, place) : null;
}
