using Poa.Storage;

namespace Poa.Actors.Dashboard.Api;

/// <summary>
/// A blob as a stream that can seek, as answering range requests needs. A part is opened where reading begins and closed where it
/// jumps; nothing is buffered here.
/// </summary>
/// <param name="blobs">The store.</param>
/// <param name="name">Name of the blob.</param>
/// <param name="size">Its bytes.</param>
internal sealed class BlobReadStream(IBlobStore blobs, string name, long size) : Stream
{
    private Stream? part;
    private long position;

    /// <inheritdoc/>
    public override bool CanRead => true;

    /// <inheritdoc/>
    public override bool CanSeek => true;

    /// <inheritdoc/>
    public override bool CanWrite => false;

    /// <inheritdoc/>
    public override long Length => size;

    /// <inheritdoc/>
    public override long Position
    {
        get => position;
        set => Seek(value, SeekOrigin.Begin);
    }

    /// <inheritdoc/>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (position >= size || buffer.IsEmpty)
        {
            return 0;
        }

        part ??= await blobs.OpenReadAsync(name, new ByteRange(position, size - position), cancellationToken);
        var read = await part.ReadAsync(buffer, cancellationToken);

        // Ending early would look like a whole file to whoever does not count.
        position += read > 0 ? read : throw new EndOfStreamException($"{name} ends at byte {position} of {size}.");
        return read;
    }

    /// <inheritdoc/>
    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin)
    {
        var target = origin switch
        {
            SeekOrigin.Begin => offset,
            SeekOrigin.Current => position + offset,
            _ => size + offset,
        };
        ArgumentOutOfRangeException.ThrowIfNegative(target, nameof(offset));
        if (target != position)
        {
            part?.Dispose();
            (part, position) = (null, target);
        }

        return position;
    }

    /// <inheritdoc/>
    public override async ValueTask DisposeAsync()
    {
        if (part is not null)
        {
            await part.DisposeAsync();
        }

        await base.DisposeAsync();
    }

    /// <summary>Not supported: reading a store waits, and never blocks a thread.</summary>
    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("Read asynchronously.");

    /// <inheritdoc/>
    public override void Flush()
    {
    }

    /// <summary>Not supported.</summary>
    public override void SetLength(long value) => throw new NotSupportedException("Blobs are read only.");

    /// <summary>Not supported.</summary>
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException("Blobs are read only.");

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            part?.Dispose();
        }

        base.Dispose(disposing);
    }
}
