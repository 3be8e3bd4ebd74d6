namespace Poa.Storage.Tests;

/// <summary>A source that neither seeks nor knows its length, gives odd amounts at a time, and may fail or call at a given byte.</summary>
internal sealed class SourceStream(byte[] bytes, int? stopAt = null, Action? atStop = null) : Stream
{
    private int position;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public override int Read(byte[] buffer, int offset, int count)
    {
        if (position >= stopAt)
        {
            atStop!();
        }

        var read = Math.Min(Math.Min(count, 77_777), bytes.Length - position);
        bytes.AsSpan(position, read).CopyTo(buffer.AsSpan(offset));
        position += read;
        return read;
    }

    public override void Flush() => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
