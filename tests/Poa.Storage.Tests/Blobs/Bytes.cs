using System.Security.Cryptography;
using System.Text;

namespace Poa.Storage.Tests;

internal static class Bytes
{
    /// <summary>Pseudo-random, the same for the same arguments.</summary>
    public static byte[] Of(int size, int seed = 1)
    {
        var bytes = new byte[size];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }

    public static string Sha256(byte[] bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));

    public static Task<BlobProperties> PutAsync(this IBlobStore store, string name, byte[] bytes, BlobWriteCondition? condition = null) =>
        store.UploadAsync(name, new MemoryStream(bytes), condition ?? BlobWriteCondition.Overwrite, null, TestContext.Current.CancellationToken);

    public static Task<BlobProperties> PutAsync(this IBlobStore store, string name, string text) => store.PutAsync(name, Encoding.UTF8.GetBytes(text));

    public static async Task<byte[]> GetAsync(this IBlobStore store, string name, ByteRange? range = null)
    {
        await using var stream = await store.OpenReadAsync(name, range, TestContext.Current.CancellationToken);
        var bytes = new MemoryStream();
        await stream.CopyToAsync(bytes, TestContext.Current.CancellationToken);
        return bytes.ToArray();
    }

    public static async Task<List<string>> NamesAsync(this IBlobStore store, string prefix = "")
    {
        var names = new List<string>();
        await foreach (var blob in store.ListAsync(prefix, TestContext.Current.CancellationToken))
        {
            names.Add(blob.Name);
        }

        return names;
    }
}
