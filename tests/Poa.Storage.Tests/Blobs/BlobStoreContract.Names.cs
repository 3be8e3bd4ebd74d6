using CsCheck;

namespace Poa.Storage.Tests;

public abstract partial class BlobStoreContract
{
    [Fact]
    public async Task AbsentBlob_IsNotFoundAnywhere()
    {
        Assert.Null(await Store.FindAsync("no/such", Token));
        Assert.Empty(await Store.NamesAsync());
        Assert.Empty(await Store.NamesAsync("no/such/"));
        Assert.False(await Store.DeleteAsync("no/such", null, Token));
        Assert.Equal("no/such", (await Assert.ThrowsAsync<BlobNotFoundException>(() => Store.GetAsync("no/such"))).Blob);
        await Store.PutAsync("no/such/blob", "x");
        Assert.Null(await Store.FindAsync("no/such", Token));
        await Assert.ThrowsAsync<BlobNotFoundException>(() => Store.GetAsync("no/such"));
        await Assert.ThrowsAsync<BlobNotFoundException>(() => Store.GetAsync("no/such", new ByteRange(0, 0)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("/a")]
    [InlineData("a/")]
    [InlineData("a//b")]
    [InlineData("../a")]
    [InlineData("a/../b")]
    [InlineData("a/./b")]
    [InlineData(".tmp/a")]
    [InlineData("a./b")]
    [InlineData("a\\b")]
    [InlineData("a b")]
    [InlineData("a\0b")]
    [InlineData("C:a")]
    [InlineData("ä")]
    [InlineData("a?b")]
    public async Task IllegalName_IsRefusedEverywhere(string name)
    {
        var e = await Assert.ThrowsAsync<ArgumentException>(() => Store.PutAsync(name, "x"));
        Assert.Contains("is no name for a blob", e.Message);
        await Assert.ThrowsAsync<ArgumentException>(() => Store.GetAsync(name));
        await Assert.ThrowsAsync<ArgumentException>(() => Store.FindAsync(name, Token));
        await Assert.ThrowsAsync<ArgumentException>(() => Store.DeleteAsync(name, null, Token));
        if (!BlobNameTests.IsPrefixOfLegalName(name))
        {
            await Assert.ThrowsAsync<ArgumentException>(() => Store.NamesAsync(name));
        }
    }

    [Fact]
    public async Task List_NamesAroundTheSlash_AreInOrdinalOrder()
    {
        string[] names = ["a-b", "a/b", "a/b-c", "a/b0/c", "a0", "A", "a/a.b", "a/a/b", "b", "a_b/c"];
        foreach (var name in names)
        {
            await Store.PutAsync(name, name);
        }

        Assert.Equal(names.Order(StringComparer.Ordinal), await Store.NamesAsync());
        foreach (var prefix in new[] { "a", "a/", "a/b", "a/b0", "a/b0/", "z" })
        {
            Assert.Equal(names.Where(n => n.StartsWith(prefix, StringComparison.Ordinal)).Order(StringComparer.Ordinal), await Store.NamesAsync(prefix));
        }
    }

    [Fact]
    public async Task Delete_WithETag_DeletesOnlyThatContent()
    {
        var old = await Store.PutAsync("a/x", "one");
        var now = await Store.PutAsync("a/x", "two");

        await Assert.ThrowsAsync<BlobConditionException>(() => Store.DeleteAsync("a/x", old.ETag, Token));
        Assert.Equal("two"u8.ToArray(), await Store.GetAsync("a/x"));
        Assert.True(await Store.DeleteAsync("a/x", now.ETag, Token));
        Assert.False(await Store.DeleteAsync("a/x", now.ETag, Token));
        Assert.Empty(await Store.NamesAsync());
        await Store.PutAsync("a", "the folder's name is free again");
    }

    /// <summary>Random uploads and deletions: the store holds what a dictionary holds after the same operations.</summary>
    [Fact]
    public async Task AnyOperations_LeaveWhatADictionaryHolds()
    {
        string[] names = ["a/x", "a/y", "a-x", "b/c/d", "b/c/e", "z"];
        var operation = Gen.Select(Gen.Int[0, names.Length - 1].Select(i => names[i]), Gen.Int[0, 3], Gen.Byte.Array[0, 40]);
        await operation.Array[0, 25].SampleAsync(async operations =>
        {
            foreach (var name in await Store.NamesAsync())
            {
                await Store.DeleteAsync(name, null, Token);
            }

            var model = new Dictionary<string, byte[]>();
            foreach (var (name, kind, bytes) in operations)
            {
                switch (kind)
                {
                    case 0:
                        Assert.Equal(model.Remove(name), await Store.DeleteAsync(name, null, Token));
                        break;
                    case 1 when model.ContainsKey(name):
                        await Assert.ThrowsAsync<BlobConditionException>(() => Store.PutAsync(name, bytes, BlobWriteCondition.IfAbsent));
                        break;
                    case 2 when model.ContainsKey(name):
                        var etag = (await Store.FindAsync(name, Token))!.ETag;
                        await Store.PutAsync(name, model[name] = bytes, BlobWriteCondition.IfMatch(etag));
                        break;
                    default:
                        await Store.PutAsync(name, model[name] = bytes);
                        break;
                }
            }

            Assert.Equal(model.Keys.Order(StringComparer.Ordinal), await Store.NamesAsync());
            foreach (var (name, bytes) in model)
            {
                Assert.Equal(bytes, await Store.GetAsync(name));
                Assert.Equal(Bytes.Sha256(bytes), (await Store.FindAsync(name, Token))!.Sha256);
            }
        }, iter: 15, threads: 1);
    }
}
