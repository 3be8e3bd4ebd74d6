using System.Buffers.Binary;
using System.IO.Compression;

namespace Poa.Data.Datasets;

/// <summary>
/// An array of bytes in the idx format: two zero bytes, the element type (8 = unsigned byte), the number of dimensions,
/// each dimension as a big-endian 32-bit number, then the elements, last dimension fastest.
/// </summary>
/// <param name="File">Where it came from.</param>
/// <param name="Shape">Its dimensions.</param>
/// <param name="Values">Its elements.</param>
internal sealed record IdxArray(string File, IReadOnlyList<int> Shape, byte[] Values)
{
    private const byte UnsignedByte = 8;

    /// <summary>Reads a gzip-compressed file and insists that it holds exactly what its header says.</summary>
    /// <exception cref="DatasetException">The file is missing or damaged; the message names it.</exception>
    public static IdxArray ReadFile(string path)
    {
        try
        {
            using var file = System.IO.File.OpenRead(path);
            return Read(file, path);
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new DatasetException($"The file {path} does not exist.", error);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new DatasetException($"The file {path} cannot be read: {error.Message}", error);
        }
    }

    /// <summary>Reads gzip-compressed idx from a stream.</summary>
    public static IdxArray Read(Stream compressed, string file)
    {
        try
        {
            using var stream = new GZipStream(compressed, CompressionMode.Decompress, leaveOpen: true);
            Span<byte> word = stackalloc byte[4];
            stream.ReadExactly(word);
            if (word[0] != 0 || word[1] != 0 || word[2] != UnsignedByte || word[3] is 0 or > 4)
            {
                throw new DatasetException($"{file} is not an idx file of unsigned bytes: it starts with {Convert.ToHexString(word)}.");
            }

            var shape = new int[word[3]];
            var length = 1L;
            for (var d = 0; d < shape.Length; d++)
            {
                stream.ReadExactly(word);
                shape[d] = BinaryPrimitives.ReadInt32BigEndian(word);
                length *= shape[d];
                if (shape[d] < 0 || length > Array.MaxLength)
                {
                    throw new DatasetException($"{file} claims dimension {d} to be {(uint)shape[d]}; the array would not fit in memory.");
                }
            }

            // Read in pieces: a header that lies does not make us reserve what it claims.
            using var values = new MemoryStream();
            stream.CopyTo(values);
            return values.Length == length
                ? new IdxArray(file, shape, values.ToArray())
                : throw new DatasetException($"{file} claims [{string.Join(", ", shape)}] = {length} elements and holds {values.Length}.");
        }
        catch (EndOfStreamException error)
        {
            throw new DatasetException($"{file} ends inside the idx header.", error);
        }
        catch (InvalidDataException error)
        {
            throw new DatasetException($"{file} is not a whole gzip file: {error.Message}", error);
        }
    }
}
