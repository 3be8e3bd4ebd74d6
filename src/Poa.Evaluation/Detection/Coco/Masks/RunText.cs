using System.Buffers;
using System.Text;

namespace Poa.Evaluation.Detection.Coco;

/// <summary>
/// The compressed form of run lengths (<c>rleToString</c> of pycocotools): from the fourth run on the difference to the run two before,
/// in groups of 5 bits, lowest first, with a flag that says more follow; each group is one character from '0' (48) to 'o' (111).
/// </summary>
internal static class RunText
{
    public const int FirstCharacter = 48;
    public const int More = 0x20;
    public const int Sign = 0x10;
    public const int Digit = 0x1f;

    public static string Write(ReadOnlySpan<int> counts) => Encoding.ASCII.GetString(WriteBytes(counts));

    public static byte[] WriteBytes(ReadOnlySpan<int> counts)
    {
        var text = new ArrayBufferWriter<byte>(Math.Max(16, counts.Length * 2));
        for (var i = 0; i < counts.Length; i++)
        {
            var value = i > 2 ? (long)counts[i] - counts[i - 2] : counts[i];
            for (var more = true; more;)
            {
                var group = (int)(value & Digit);
                value >>= 5;
                more = (group & Sign) != 0 ? value != -1 : value != 0;
                text.GetSpan(1)[0] = (byte)(FirstCharacter + (more ? group | More : group));
                text.Advance(1);
            }
        }

        return text.WrittenSpan.ToArray();
    }
}

/// <summary>Reads run lengths from the form that <see cref="RunText"/> describes.</summary>
internal ref struct RunTextReader(ReadOnlySpan<byte> text)
{
    // Seven groups hold 32 bits and the sign; more would be a damaged text.
    private const int MaxGroups = 7;

    private readonly ReadOnlySpan<byte> text = text;
    private int at;
    private int read;
    private long previous;
    private long beforePrevious;

    /// <returns>Whether there was another run.</returns>
    /// <exception cref="FormatException">A character is none of the form's, or the text ends inside a number.</exception>
    public bool Next(out long count)
    {
        count = 0;
        if (at == text.Length)
        {
            return false;
        }

        for (var group = 0; ; group++)
        {
            if (at == text.Length || group == MaxGroups)
            {
                throw new FormatException(at == text.Length ? "the compressed counts end inside a number" : $"the compressed counts have a number of more than {MaxGroups} characters before character {at}");
            }

            var value = text[at] - RunText.FirstCharacter;
            if (value is < 0 or > (RunText.More | RunText.Digit))
            {
                throw new FormatException($"character {at} of the compressed counts has the code {text[at]}, outside 48 to 111");
            }

            at++;
            count |= (long)(value & RunText.Digit) << (5 * group);
            if ((value & RunText.More) != 0)
            {
                continue;
            }

            if ((value & RunText.Sign) != 0)
            {
                count |= -1L << (5 * (group + 1));
            }

            break;
        }

        count += read++ > 2 ? beforePrevious : 0;
        (beforePrevious, previous) = (previous, count);
        return true;
    }
}
