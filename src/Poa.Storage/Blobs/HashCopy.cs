using System.Buffers;
using System.Security.Cryptography;

namespace Poa.Storage;

/// <summary>Copies a stream and hashes it on the way.</summary>
internal static class HashCopy
{
    private const int BufferSize = 1 << 20;

    /// <returns>Bytes copied.</returns>
    public static async Task<long> CopyAsync(Stream source, Stream target, IncrementalHash hash, CancellationToken cancellationToken)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
        try
        {
            long total = 0;
            for (int read; (read = await source.ReadAsync(buffer, cancellationToken)) > 0; total += read)
            {
                hash.AppendData(buffer, 0, read);
                await target.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
            }

            return total;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
