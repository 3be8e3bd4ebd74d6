using Poa.Testing;
using Xunit;

namespace Poa.Networks.Tests.WeightFiles;

/// <summary>Files that break a rule of the format are refused with an error that names the file, the tensor and the fault.</summary>
public sealed class DamagedSafetensorsTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("poa-damaged-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    // Offsets that lie.
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", 4, "a", "reach past the 4 data bytes")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"b":{"dtype":"F32","shape":[1],"data_offsets":[2,6]}}""", 6, "b", "overlap")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"b":{"dtype":"F32","shape":[1],"data_offsets":[8,12]}}""", 12, "b", "gap")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""", 8, "a", "gap")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,0]}}""", 4, "a", "not a begin and an end")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[-4,0]}}""", 4, "a", "non-negative")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0]}}""", 4, "a", "not a begin and an end")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", 5, null, "1 bytes follow the last tensor")]
    // Shapes that lie.
    [InlineData("""{"a":{"dtype":"F32","shape":[3],"data_offsets":[0,8]}}""", 8, "a", "takes 12 bytes")]
    [InlineData("""{"a":{"dtype":"F64","shape":[2],"data_offsets":[0,8]}}""", 8, "a", "takes 16 bytes")]
    [InlineData("""{"a":{"dtype":"F32","shape":[-2],"data_offsets":[0,8]}}""", 8, "a", "non-negative")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1.5],"data_offsets":[0,8]}}""", 8, "a", "non-negative whole number")]
    [InlineData("""{"a":{"dtype":"F32","shape":[9223372036854775807,4],"data_offsets":[0,8]}}""", 8, "a", "larger than any file")]
    [InlineData("""{"a":{"dtype":"F32","shape":2,"data_offsets":[0,8]}}""", 8, "a", "shape is not an array")]
    // Entries that are no entries.
    [InlineData("""{"a":{"dtype":"F31","shape":[2],"data_offsets":[0,8]}}""", 8, "a", "'F31'")]
    [InlineData("""{"a":{"dtype":32,"shape":[2],"data_offsets":[0,8]}}""", 8, "a", "dtype is not a string")]
    [InlineData("""{"a":{"shape":[2],"data_offsets":[0,8]}}""", 8, "a", "lacks dtype")]
    [InlineData("""{"a":{"dtype":"F32","data_offsets":[0,8]}}""", 8, "a", "lacks shape")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2]}}""", 8, "a", "lacks data_offsets")]
    [InlineData("""{"a":{"dtype":"F32","dtype":"F64","shape":[1],"data_offsets":[0,8]}}""", 8, "a", "'dtype' twice")]
    [InlineData("""{"a":[1]}""", 8, "a", "not an object")]
    [InlineData("""{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"a":{"dtype":"U8","shape":[1],"data_offsets":[1,2]}}""", 2, "a", "twice")]
    [InlineData("""{"__metadata__":{"k":1}}""", 0, null, "'k' is not a string")]
    [InlineData("""{"__metadata__":[]}""", 0, null, "__metadata__ is not an object")]
    [InlineData("""{"__metadata__":{"k":"1","k":"2"}}""", 0, null, "'k' occurs twice")]
    // Headers that are no headers.
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}""", 4, null, "no valid JSON")]
    [InlineData("""{} {}""", 0, null, "no valid JSON")]
    [InlineData("""[]""", 0, null, "does not begin with '{'")]
    [InlineData("", 0, null, "does not begin with '{'")]
    public void Open_HeaderThatBreaksARule_NamesFileTensorAndFault(string header, int dataBytes, string? tensor, string fault) =>
        AssertRefused(SafetensorsTests.Raw(header, dataBytes), tensor, fault);

    [Theory]
    [InlineData(-1)]
    [InlineData(100_000_001)]
    [InlineData(long.MaxValue)]
    public void Open_HeaderLengthBeyondTheFormats_IsRefusedBeforeAnythingIsAllocated(long claimed) =>
        AssertRefused(SafetensorsTests.Raw("{}", 0, claimed), null, "more than the 100000000 the format allows");

    [Fact]
    public void Open_HeaderLengthBeyondTheFile_IsRefused() => AssertRefused(SafetensorsTests.Raw("{}", 0, 3), null, "only 2 follow in the file");

    [Fact]
    public void Open_FewerThanEightBytes_IsRefused() => AssertRefused([1, 0, 0], null, "the file has 3 bytes");

    [Fact]
    [Trait("Category", Golden.Trait)]
    public void Open_EveryTruncationOfAGoldenFile_IsRefused()
    {
        var whole = File.ReadAllBytes(Golden.PathOf("extraction.safetensors"));
        foreach (var length in (int[])[0, 7, 8, 9, 200, whole.Length / 2, whole.Length - 1])
        {
            AssertRefused(whole[..length], null, null);
        }
    }

    [Fact]
    [Trait("Category", Golden.Trait)]
    public void Open_EveryGoldenFile_IsAccepted()
    {
        foreach (var path in Directory.EnumerateFiles(Golden.Folder, "*.safetensors"))
        {
            using var file = SafetensorsFile.Open(path);
            Assert.NotEmpty(file.Entries);
        }
    }

    private void AssertRefused(byte[] bytes, string? tensor, string? fault)
    {
        var path = Path.Combine(_folder, "damaged.safetensors");
        File.WriteAllBytes(path, bytes);

        var error = Assert.Throws<SafetensorsException>(() => SafetensorsFile.Open(path).Dispose());
        Assert.Contains(path, error.Message, StringComparison.Ordinal);
        if (fault is not null)
        {
            Assert.Equal(tensor, error.Tensor);
            Assert.Contains(fault, error.Message, StringComparison.Ordinal);
        }

        // From a stream of unknown length the same bytes must not pass either.
        using var scope = TorchSharp.torch.NewDisposeScope();
        Assert.Throws<SafetensorsException>(() => Safetensors.Load(new MemoryStream(bytes), "stream"));
    }
}
