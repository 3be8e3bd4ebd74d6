namespace Poa.Storage;

/// <summary>A part of a file, read forwards; owns the file.</summary>
internal sealed class LimitedStream : Stream
{
    private readonly Stream inner;
    private readonly long length;
    private long rest;

    private LimitedStream(Stream inner, long length) => (this.inner, this.length, rest) = (inner, length, length);

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => length;

    public override long Position { get => length - rest; set => throw new NotSupportedException("A range of a blob is read forwards."); }

    /// <exception cref="ArgumentOutOfRangeException">The range begins behind the end.</exception>
    public static LimitedStream Over(FileStream file, string name, ByteRange range)
    {
        try
        {
            var length = range.LengthIn(name, file.Length);
            file.Position = range.Offset;
            return new(file, length);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override int Read(Span<byte> buffer) => Took(inner.Read(buffer[..(int)Math.Min(buffer.Length, rest)]));

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        Took(await inner.ReadAsync(buffer[..(int)Math.Min(buffer.Length, rest)], cancellationToken));

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException("A range of a blob is read forwards.");

    public override void SetLength(long value) => throw new NotSupportedException("A blob is not written to.");

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException("A blob is not written to.");

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            inner.Dispose();
        }

        base.Dispose(disposing);
    }

    private int Took(int read)
    {
        rest -= read;
        return read;
    }
}
