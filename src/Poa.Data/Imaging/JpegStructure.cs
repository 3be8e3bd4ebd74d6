namespace Poa.Data.Imaging;

/// <summary>Looks at the markers of a JPEG file (ITU-T T.81 annex B) without decoding it.</summary>
internal static class JpegStructure
{
    private const byte StartOfImage = 0xD8;
    private const byte EndOfImage = 0xD9;
    private const byte ProgressiveFrame = 0xC2;

    /// <summary>
    /// Whether a progressive file stops before its end marker. Every scan of such a file refines the whole picture, so the
    /// codec is content with a part of them; the authors' loader is not.
    /// </summary>
    public static bool IsProgressiveCutOff(ReadOnlySpan<byte> file)
    {
        var progressive = false;
        var at = 0;
        while (at + 1 < file.Length)
        {
            // Entropy-coded data, fill bytes and restart markers have no length: on to the next real marker.
            if (file[at] != 0xFF || file[at + 1] is 0x00 or 0xFF or StartOfImage or (>= 0xD0 and <= 0xD7))
            {
                at++;
                continue;
            }

            var marker = file[at + 1];
            if (marker == EndOfImage)
            {
                return false;
            }

            progressive |= marker == ProgressiveFrame;
            if (at + 3 >= file.Length)
            {
                break;
            }

            at += 2 + ((file[at + 2] << 8) | file[at + 3]);
        }

        return progressive;
    }
}
