using CsCheck;

namespace Poa.Storage.Tests;

/// <summary>What every blob store must do; one sub-class per store. The store is empty at the begin of each test.</summary>
public abstract partial class BlobStoreContract
{
    protected abstract IBlobStore Store { get; }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(65_536)]
    [InlineData(1_000_000)]
    [InlineData(5_000_000)]
    public async Task Upload_AnySizeFromSourceOfUnknownLength_ReadsBackWithFacts(int size)
    {
        var bytes = Bytes.Of(size);

        var uploaded = await Store.UploadAsync("runs/a/blob.bin", new SourceStream(bytes), BlobWriteCondition.Overwrite, Bytes.Sha256(bytes), Token);

        Assert.Equal(bytes, await Store.GetAsync("runs/a/blob.bin"));
        Assert.Equal((size, Bytes.Sha256(bytes), "runs/a/blob.bin"), ((int)uploaded.Size, uploaded.Sha256, uploaded.Name));
        Assert.Equal(uploaded, await Store.FindAsync("runs/a/blob.bin", Token));
        Assert.Equal([uploaded], await Store.ListAsync("", Token).ToListAsync(Token));
        Assert.InRange(uploaded.LastModified, DateTimeOffset.UtcNow.AddMinutes(-2), DateTimeOffset.UtcNow.AddMinutes(2));
    }

    [Fact]
    public async Task Upload_Again_ReplacesContentAndETag()
    {
        var first = await Store.PutAsync("x", "one");
        var second = await Store.PutAsync("x", "two");

        Assert.Equal("two"u8.ToArray(), await Store.GetAsync("x"));
        Assert.NotEqual(first.ETag, second.ETag);
        Assert.NotEqual(first.Sha256, (await Store.FindAsync("x", Token))!.Sha256);
    }

    [Theory]
    [InlineData(10)]
    [InlineData(3_000_000)]
    public async Task Upload_IfAbsentWhereOneIs_ThrowsAndKeepsIt(int size)
    {
        await Store.PutAsync("x", "one");

        var e = await Assert.ThrowsAsync<BlobConditionException>(() => Store.PutAsync("x", Bytes.Of(size), BlobWriteCondition.IfAbsent));

        Assert.Equal(("x", StorageFault.Condition), (e.Blob, e.Fault));
        Assert.Equal("one"u8.ToArray(), await Store.GetAsync("x"));
    }

    [Theory]
    [InlineData(10)]
    [InlineData(3_000_000)]
    public async Task Upload_IfMatch_WritesOnlyOverThatContent(int size)
    {
        var (old, bytes) = (await Store.PutAsync("x", "one"), Bytes.Of(size));
        await Store.PutAsync("x", bytes, BlobWriteCondition.IfMatch(old.ETag));

        await Assert.ThrowsAsync<BlobConditionException>(() => Store.PutAsync("x", Bytes.Of(size, 2), BlobWriteCondition.IfMatch(old.ETag)));
        await Assert.ThrowsAsync<BlobConditionException>(() => Store.PutAsync("absent", bytes, BlobWriteCondition.IfMatch(old.ETag)));

        Assert.Equal(bytes, await Store.GetAsync("x"));
        Assert.Equal(["x"], await Store.NamesAsync());
    }

    [Theory]
    [InlineData(10)]
    [InlineData(3_000_000)]
    public async Task Upload_ChangedBetweenBeginAndEnd_ConditionHoldsAtTheEnd(int size)
    {
        // The blob appears while the content flows: the check at the begin has passed already.
        var source = new SourceStream(Bytes.Of(size), size, () => Store.PutAsync("x", "other").GetAwaiter().GetResult());

        await Assert.ThrowsAsync<BlobConditionException>(() => Store.UploadAsync("x", source, BlobWriteCondition.IfAbsent, null, Token));

        Assert.Equal("other"u8.ToArray(), await Store.GetAsync("x"));
    }

    [Theory]
    [InlineData(10)]
    [InlineData(3_000_000)]
    public async Task Upload_OtherHashThanExpected_StoresNothing(int size)
    {
        var e = await Assert.ThrowsAsync<StorageException>(
            () => Store.UploadAsync("x", new MemoryStream(Bytes.Of(size)), BlobWriteCondition.Overwrite, Bytes.Sha256([1]), Token));

        Assert.Equal(StorageFault.Damaged, e.Fault);
        Assert.Contains(Bytes.Sha256([1]), e.Message);
        Assert.Null(await Store.FindAsync("x", Token));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2_500_000)]
    public async Task Upload_SourceFails_KeepsFormerContentAndPassesTheErrorOn(int at)
    {
        await Store.PutAsync("x", "one");

        var source = new SourceStream(Bytes.Of(3_000_000), at, () => throw new InvalidDataException("source"));
        await Assert.ThrowsAsync<InvalidDataException>(() => Store.UploadAsync("x", source, BlobWriteCondition.Overwrite, null, Token));

        Assert.Equal("one"u8.ToArray(), await Store.GetAsync("x"));
    }

    [Fact]
    public async Task Upload_Cancelled_StoresNothing()
    {
        using var cancel = new CancellationTokenSource();
        var source = new SourceStream(Bytes.Of(3_000_000), 2_000_000, cancel.Cancel);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Store.UploadAsync("x", source, BlobWriteCondition.Overwrite, null, cancel.Token));

        Assert.Empty(await Store.NamesAsync());
    }

    [Fact]
    public async Task Upload_ManyIfAbsentAtOnce_ExactlyOneWins()
    {
        var winners = await Task.WhenAll(Enumerable.Range(0, 8).Select(async i =>
        {
            try
            {
                await Store.PutAsync("x", [(byte)i], BlobWriteCondition.IfAbsent);
                return i;
            }
            catch (BlobConditionException)
            {
                return -1;
            }
        }));

        var winner = Assert.Single(winners, i => i >= 0);
        Assert.Equal([(byte)winner], await Store.GetAsync("x"));
    }

    [Fact]
    public async Task Upload_WhileOthersRead_NobodySeesAMixture()
    {
        await Store.PutAsync("x", Filled(1));
        var writing = Task.Run(async () =>
        {
            for (byte value = 2; value < 20; value++)
            {
                await Store.PutAsync("x", Filled(value));
            }
        }, Token);

        while (!writing.IsCompleted)
        {
            try
            {
                var bytes = await Store.GetAsync("x");
                Assert.Equal(Filled(bytes[0]), bytes);
            }
            catch (Exception e) when (e is not Xunit.Sdk.XunitException && Store is AzureBlobStore)
            {
                // Allowed by the interface: the content that was opened is gone.
            }
        }

        await writing;

        static byte[] Filled(byte value) => [.. Enumerable.Repeat(value, 700_000)];
    }

    [Fact]
    public async Task OpenRead_AnyRange_IsThatSliceOfTheContent()
    {
        var bytes = Bytes.Of(100_000);
        await Store.PutAsync("x", bytes);

        await Gen.Select(Gen.Int[0, 100_000], Gen.Int[0, 120_000].Nullable()).SampleAsync(async (offset, length) =>
        {
            var expected = bytes.AsSpan(offset, Math.Min(length ?? int.MaxValue, bytes.Length - offset)).ToArray();
            var read = await Store.GetAsync("x", new ByteRange(offset, length));
            return expected.SequenceEqual(read);
        }, iter: 60, threads: 1);
    }

    [Theory]
    [InlineData(10L, null)]
    [InlineData(10L, 5L)]
    [InlineData(3L, 0L)]
    public async Task OpenRead_RangeOfNothing_IsEmpty(long offset, long? length)
    {
        await Store.PutAsync("x", new byte[10]);
        Assert.Empty(await Store.GetAsync("x", new ByteRange(offset, length)));
    }

    [Theory]
    [InlineData(11L, null)]
    [InlineData(11L, 0L)]
    [InlineData(-1L, 5L)]
    [InlineData(0L, -1L)]
    public async Task OpenRead_RangeOutside_Throws(long offset, long? length)
    {
        await Store.PutAsync("x", new byte[10]);
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => Store.GetAsync("x", new ByteRange(offset, length)));
    }
}
