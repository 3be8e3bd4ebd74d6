using System.Text.Json;
using Poa.Data.Datasets;

namespace Poa.Evaluation.Detection.Coco;

/// <summary>Reads and writes results files.</summary>
internal static class CocoDetectionFile
{
    private const string Form = "A results file is a list of objects with image_id, category_id, score and bbox or segmentation.";
    private const int FlushBytes = 1 << 16;

    private static readonly string[] Fields = ["image_id", "category_id", "score", "bbox", "segmentation"];

    public static CocoDetections Read(string path, CocoAnnotations annotations)
    {
        var detections = new List<CocoDetection>();
        JsonRecordFile.ReadArray(path, Form, (ref record, number) => detections.Add(Detection(path, ref record, number)));
        return new(annotations, detections, path);
    }

    public static void Write(string path, ReadOnlySpan<CocoDetection> detections)
    {
        using var stream = File.Create(path);
        using var json = new Utf8JsonWriter(stream);
        json.WriteStartArray();
        foreach (ref readonly var detection in detections)
        {
            json.WriteStartObject();
            json.WriteNumber("image_id"u8, detection.ImageId);
            json.WriteNumber("category_id"u8, detection.CategoryId);
            json.WriteNumber("score"u8, detection.Score);
            if (detection.Box is { } box)
            {
                json.WriteStartArray("bbox"u8);
                json.WriteNumberValue(box.X);
                json.WriteNumberValue(box.Y);
                json.WriteNumberValue(box.Width);
                json.WriteNumberValue(box.Height);
                json.WriteEndArray();
            }

            if (detection.Segmentation is { } segmentation)
            {
                json.WritePropertyName("segmentation"u8);
                segmentation.Write(json);
            }

            json.WriteEndObject();
            if (json.BytesPending > FlushBytes)
            {
                json.Flush();
            }
        }

        json.WriteEndArray();
    }

    private static CocoDetection Detection(string path, ref JsonRecord record, int number)
    {
        try
        {
            (long? image, long? category, double? score, CocoBox? box, CocoSegmentation? segmentation) = (null, null, null, null, null);
            while (record.Next(Fields))
            {
                switch (record.Field)
                {
                    case "image_id": image = record.Integer(); break;
                    case "category_id": category = record.Integer(); break;
                    case "score": score = record.Number(); break;
                    case "bbox": box = Box(ref record); break;
                    default: segmentation = SegmentationReader.Read(ref record); break;
                }
            }

            return new(
                image ?? throw Missing(path, ref record, number, "image_id"),
                category ?? throw Missing(path, ref record, number, "category_id"),
                score ?? throw Missing(path, ref record, number, "score"),
                box,
                segmentation);
        }
        catch (FormatException error)
        {
            throw CocoFault.Of(path, Name(ref record, number), record.Field, error.Message, "Correct or remove the detection.");
        }
    }

    /// <summary>A box; null for an empty list, which some writers put where there is none.</summary>
    private static CocoBox? Box(ref JsonRecord record) => record.IsNull || record.IsEmptyArray() ? null : record.Box();

    private static DatasetException Missing(string path, ref JsonRecord record, int number, string field) =>
        CocoFault.Of(path, Name(ref record, number), field, "it is missing", "Every detection needs it: add it.");

    private static string Name(ref JsonRecord record, int number) =>
        record.Find("image_id") is { } image ? $"detection {number} (image {image})" : $"detection {number}";
}
