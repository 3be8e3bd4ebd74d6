using System.Collections.Immutable;
using System.Runtime.InteropServices;

namespace Poa.Evaluation.Detection.Coco;

/// <summary>Reads the field <c>segmentation</c> in its three forms: polygons, run lengths as numbers, run lengths as text.</summary>
internal static class SegmentationReader
{
    private static readonly string[] RunFields = ["size", "counts"];

    /// <returns>Null if the file holds null or an empty list: an object without a mask.</returns>
    /// <exception cref="FormatException">The value is none of the three forms, or breaks their rules.</exception>
    public static CocoSegmentation? Read(ref JsonRecord record)
    {
        if (record.IsNull)
        {
            return null;
        }

        if (record.IsArray)
        {
            return Polygons(ref record);
        }

        if (record.IsObject)
        {
            return Runs(ref record);
        }

        throw new FormatException("it is neither a list of polygons nor run lengths with size and counts");
    }

    private static CocoSegmentation? Polygons(ref JsonRecord record)
    {
        var parts = ImmutableArray.CreateBuilder<double[]>(1);
        var part = new List<double>();
        while (record.NextItem())
        {
            if (!record.IsArray)
            {
                throw new FormatException("a polygon is not a list of numbers [x, y, x, y, ...]");
            }

            part.Clear();
            while (record.NextItem())
            {
                part.Add(record.Number());
            }

            parts.Add([.. part]);
        }

        return parts.Count == 0 ? null : CocoSegmentation.Of(parts.ToImmutable());
    }

    private static CocoSegmentation Runs(ref JsonRecord record)
    {
        var size = new List<int>(2);
        List<int>? counts = null;
        byte[]? text = null;
        while (record.NextWithin(RunFields, out var field))
        {
            if (field == "size")
            {
                ReadIntegers(ref record, 1, size);
            }
            else if (record.IsText)
            {
                text = record.Bytes();
            }
            else if (record.IsArray)
            {
                ReadIntegers(ref record, 0, counts = []);
            }
            else
            {
                throw new FormatException("the counts are neither text nor a list of numbers");
            }
        }

        if (size is not [var height, var width] || (long)height * width > int.MaxValue)
        {
            throw new FormatException("the size is not [height, width] of fewer than 2^31 pixels");
        }

        if (counts is null && text is null)
        {
            throw new FormatException("the run lengths have no counts");
        }

        // Made once, so that counts which do not fill the image are met here; kept as text.
        return CocoSegmentation.Of(text is null
            ? RunLengthMask.FromCounts(height, width, CollectionsMarshal.AsSpan(counts))
            : RunLengthMask.FromText(height, width, text));
    }

    private static void ReadIntegers(ref JsonRecord record, int least, List<int> into)
    {
        if (!record.IsArray)
        {
            throw new FormatException("the size is not a list [height, width]");
        }

        while (record.NextItem())
        {
            into.Add(record.Integer(least));
        }
    }
}
