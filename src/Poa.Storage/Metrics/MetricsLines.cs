using System.Buffers;

namespace Poa.Storage;

/// <summary>Lines that are to be one blob.</summary>
internal sealed class MetricsLines
{
    private readonly ArrayBufferWriter<byte> lines = new();

    /// <summary>The blob does not have all of them yet.</summary>
    public bool IsDirty { get; set; }

    /// <summary>Adds a line, given without its end.</summary>
    public void Add(ReadOnlySpan<byte> line)
    {
        lines.Write(line);
        lines.Write("\n"u8);
        IsDirty = true;
    }

    /// <summary>All lines with their ends.</summary>
    public byte[] Copy() => lines.WrittenSpan.ToArray();
}
