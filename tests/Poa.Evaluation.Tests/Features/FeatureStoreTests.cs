using Poa.Evaluation.Features;
using static TorchSharp.torch;

namespace Poa.Evaluation.Tests.Features;

public sealed class FeatureStoreTests : IDisposable
{
    private readonly string parent = Directory.CreateTempSubdirectory("poa-features-").FullName;

    public void Dispose() => Directory.Delete(parent, recursive: true);

    [Fact]
    public void Append_SeveralBatches_ReadBackInAnySlice()
    {
        using var scope = NewDisposeScope();
        using var store = new FeatureStore(parent);
        var all = randn(25, 6, generator: new Generator(1));
        var file = store.Create("48x2", "train", 6);
        file.Append(all[TensorIndex.Slice(0, 10)]);
        file.Append(all[TensorIndex.Slice(10, 25)]);

        var read = new float[7 * 6];
        file.Read(8, read);

        Assert.Equal(25, file.Count);
        Assert.Equal(all[TensorIndex.Slice(8, 15)].contiguous().data<float>().ToArray(), read);
    }

    [Fact]
    public void Read_PastTheEnd_Throws()
    {
        using var scope = NewDisposeScope();
        using var store = new FeatureStore(parent);
        var file = store.Create("48x2", "train", 6);
        file.Append(zeros(3, 6));

        Assert.Throws<ArgumentOutOfRangeException>(() => file.Read(2, new float[12]));
        Assert.Throws<ArgumentOutOfRangeException>(() => file.Read(0, new float[5]));
    }

    [Fact]
    public void Append_NotFinite_NamesNetworkAndRow()
    {
        using var scope = NewDisposeScope();
        using var store = new FeatureStore(parent);
        var features = zeros(3, 6);
        features[1, 4] = float.NaN;

        var error = Assert.Throws<ArgumentException>(() => store.Create("48x2", "train", 6).Append(features));

        Assert.Contains("48x2", error.Message, StringComparison.Ordinal);
        Assert.Contains("row 1", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Dispose_FilesOpen_LeavesNothing()
    {
        using var scope = NewDisposeScope();
        var store = new FeatureStore(parent);
        store.Create("48x2", "train", 6).Append(zeros(3, 6));
        store.Create("48x2", "test", 6);

        store.Dispose();

        Assert.Empty(Directory.EnumerateFileSystemEntries(parent));
    }

    [Fact]
    public void Release_OneNetwork_DeletesOnlyItsFiles()
    {
        using var store = new FeatureStore(parent);
        store.Create("48x2", "train", 6);
        store.Create("48x2", "test", 6);
        store.Create("48x24", "train", 6);

        store.Release("48x2");

        var left = Assert.Single(Directory.EnumerateFiles(parent, "*", SearchOption.AllDirectories));
        Assert.EndsWith("48x24.train.f32", left, StringComparison.Ordinal);
    }

    [Fact]
    public void RequireSpace_MoreThanTheDiskHas_SaysWhatToDo()
    {
        using var store = new FeatureStore(parent);

        var error = Assert.Throws<IOException>(() => store.RequireSpace(long.MaxValue));

        Assert.Contains("fewer sub-networks", error.Message, StringComparison.Ordinal);
    }
}
