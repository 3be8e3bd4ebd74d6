using System.Buffers.Binary;
using System.Text;
using CsCheck;
using Xunit;
using static TorchSharp.torch;

namespace Poa.Networks.Tests.WeightFiles;

public sealed class SafetensorsTests : IDisposable
{
    private readonly TorchSharp.DisposeScope _scope = NewDisposeScope();
    private readonly string _folder = Directory.CreateTempSubdirectory("poa-safetensors-").FullName;

    public static TheoryData<ScalarType> WritableTypes =>
    [
        ScalarType.Float32, ScalarType.Float64, ScalarType.Float16, ScalarType.BFloat16, ScalarType.Int64,
        ScalarType.Int32, ScalarType.Int16, ScalarType.Int8, ScalarType.Byte, ScalarType.Bool,
    ];

    private string PathOf => Path.Combine(_folder, "weights.safetensors");

    public void Dispose()
    {
        _scope.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Theory]
    [MemberData(nameof(WritableTypes))]
    public void Save_EveryType_ReadsBackTheSame(ScalarType type)
    {
        var matrix = (Networks.Random(1, 3, 5) * 3).to(type);
        var scalar = ones(1).to(type).squeeze();
        var nothing = zeros(0, 4).to(type);

        Safetensors.Save(PathOf, [KeyValuePair.Create("matrix", matrix), KeyValuePair.Create("scalar", scalar), KeyValuePair.Create("nothing", nothing)]);
        var read = Safetensors.Load(PathOf);

        Assert.Equal(3, read.Count);
        foreach (var (name, written) in (IEnumerable<(string, Tensor)>)[("matrix", matrix), ("scalar", scalar), ("nothing", nothing)])
        {
            Assert.Equal(type, read[name].dtype);
            Assert.Equal(written.shape, read[name].shape);
            Assert.True(written.contiguous().bytes.SequenceEqual(read[name].bytes), name);
        }
    }

    [Fact]
    public void Write_AnyTensorsAndMetadata_RoundTripsWhateverTheirOrder()
    {
        var genShape = Gen.Long[0, 4].Array[0, 3];
        var genName = Gen.String[Gen.Char.AlphaNumeric, 1, 8];
        ScalarType[] types = [ScalarType.Float32, ScalarType.Int64, ScalarType.Bool, ScalarType.Int16];
        var genTensor = Gen.Select(genShape, Gen.Int[0, types.Length - 1], (shape, type) => (Shape: shape, Type: types[type]));
        var gen = Gen.Select(Gen.Dictionary(genName, genTensor)[0, 6], Gen.Dictionary(Gen.String, Gen.String)[0, 3]);
        gen.Sample((tensors, metadata) =>
        {
            // UTF-8 has no form for half of a surrogate pair.
            metadata = metadata.ToDictionary(m => Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(m.Key)) + m.Key.Length, m => Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(m.Value)));
            using var scope = NewDisposeScope();
            var written = tensors.ToDictionary(t => t.Key, t => Networks.Random(t.Key.Length, t.Value.Shape).to(t.Value.Type));
            var bytes = Bytes(written, metadata);

            var (read, readMetadata) = Safetensors.Load(new MemoryStream(bytes), "memory");

            Assert.Equal(metadata.OrderBy(m => m.Key), readMetadata.OrderBy(m => m.Key));
            Assert.Equal(written.Keys.Order(), read.Keys.Order());
            Assert.All(written, w => Assert.True(w.Value.shape.SequenceEqual(read[w.Key].shape) && w.Value.bytes.SequenceEqual(read[w.Key].bytes)));
            Assert.Equal(bytes, Bytes(written.Reverse(), metadata.Reverse().ToDictionary()));
        }, iter: 200);
    }

    [Fact]
    public void Write_SeveralTypes_LaysThemOutAsTheReferenceImplementationDoes()
    {
        var bytes = Bytes(
            [
                KeyValuePair.Create("b", ones(3).to(ScalarType.Bool)), KeyValuePair.Create("z", ones(1)), KeyValuePair.Create("a", ones(2)),
                KeyValuePair.Create("i", ones(1).to(ScalarType.Int64)), KeyValuePair.Create("h", ones(1).to(ScalarType.BFloat16)),
            ],
            new Dictionary<string, string> { ["format"] = "pt" });

        var length = BinaryPrimitives.ReadInt64LittleEndian(bytes);
        var json = Encoding.UTF8.GetString(bytes, 8, (int)length);
        Assert.Equal(0, length % 8);
        Assert.Equal(
            """
            {"__metadata__":{"format":"pt"},"i":{"dtype":"I64","shape":[1],"data_offsets":[0,8]},"a":{"dtype":"F32","shape":[2],"data_offsets":[8,16]},"z":{"dtype":"F32","shape":[1],"data_offsets":[16,20]},"h":{"dtype":"BF16","shape":[1],"data_offsets":[20,22]},"b":{"dtype":"BOOL","shape":[3],"data_offsets":[22,25]}}
            """,
            json.TrimEnd(' '));
        Assert.Equal(8 + length + 25, bytes.Length);
    }

    [Fact]
    public void Write_StridedTensorWithGradient_WritesItsValues()
    {
        var strided = Networks.Random(3, 4, 6).requires_grad_().t();

        var (read, _) = Safetensors.Load(new MemoryStream(Bytes([KeyValuePair.Create("t", strided)])), "memory");

        Assert.Equal([6, 4], read["t"].shape);
        Assert.Equal(0, Networks.MaxDeviation(strided, read["t"]));
        Assert.False(read["t"].requires_grad);
    }

    [Fact]
    public void Read_OneTensor_LeavesTheOthersAlone()
    {
        Safetensors.Save(PathOf, [KeyValuePair.Create("a", arange(5)), KeyValuePair.Create("b", arange(7))], new Dictionary<string, string> { ["k"] = "v" });

        using var file = SafetensorsFile.Open(PathOf);

        Assert.Equal("v", file.Metadata["k"]);
        Assert.True(file.TryFind("b", out var entry) && entry.ToString() == "I64 [7]");
        Assert.Equal([0L, 1, 2, 3, 4, 5, 6], file.Read("b").data<long>().ToArray());
        Assert.Equal("c", Assert.Throws<SafetensorsException>(() => file.Read("c")).Tensor);
    }

    [Fact]
    public void Write_ReservedOrRepeatedNames_Throws()
    {
        Assert.Throws<ArgumentException>(() => Bytes([KeyValuePair.Create("__metadata__", ones(1))]));
        Assert.Throws<ArgumentException>(() => Bytes([KeyValuePair.Create("", ones(1))]));
        Assert.Throws<ArgumentException>(() => Bytes([KeyValuePair.Create("a", ones(1)), KeyValuePair.Create("a", ones(1))]));
        Assert.Throws<NotSupportedException>(() => Bytes([KeyValuePair.Create("a", ones(1).to(ScalarType.ComplexFloat32))]));
    }

    [Fact]
    public void Read_TypeTorchSharpLacks_IsRefusedForThatTensorOnly()
    {
        File.WriteAllBytes(PathOf, Raw("""{"a":{"dtype":"U16","shape":[1],"data_offsets":[0,2]},"b":{"dtype":"U8","shape":[1],"data_offsets":[2,3]}}""", 3));

        using var file = SafetensorsFile.Open(PathOf);

        Assert.Contains("U16", Assert.Throws<NotSupportedException>(() => file.Read("a")).Message, StringComparison.Ordinal);
        Assert.Equal(1, file.Read("b").NumberOfElements);
    }

    private static byte[] Bytes(IEnumerable<KeyValuePair<string, Tensor>> tensors, IReadOnlyDictionary<string, string>? metadata = null)
    {
        using var stream = new MemoryStream();
        Safetensors.Write(stream, tensors, metadata);
        return stream.ToArray();
    }

    /// <summary>A file of the given header text and so many data bytes.</summary>
    internal static byte[] Raw(string header, int dataBytes, long? claimedLength = null)
    {
        var json = Encoding.UTF8.GetBytes(header);
        var bytes = new byte[8 + json.Length + dataBytes];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, claimedLength ?? json.Length);
        json.CopyTo(bytes, 8);
        return bytes;
    }
}
