using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Poa.Evaluation.Detection.Coco;

namespace Poa.Benchmarks;

/// <summary>
/// COCO's scoring at the size of its validation set: 5,000 images of 640 x 480, 80 categories, 7 objects and 100 detections an image. Three
/// detections in four are an object moved a little, so that masks overlap and matching has work. The files stay where
/// <c>--folder</c> says, for another program to score them.
/// </summary>
internal static class CocoEvalBenchmark
{
    private const int Images = 5000;
    private const int Categories = 80;
    private const int ObjectsPerImage = 7;
    private const int DetectionsPerImage = 100;
    private const int Width = 640;
    private const int Height = 480;
    private const int Corners = 24;

    public static Report Run(BenchmarkOptions options)
    {
        var folder = options.Folder is { } kept ? Directory.CreateDirectory(kept) : Directory.CreateTempSubdirectory("poa-cocoeval-");
        try
        {
            return Measure(options, Path.Combine(folder.FullName, "gt.json"), Path.Combine(folder.FullName, "dt.json"));
        }
        finally
        {
            if (options.Folder is null)
            {
                folder.Delete(recursive: true);
            }
        }
    }

    private static Report Measure(BenchmarkOptions options, string truth, string results)
    {
        Write(truth, results);
        GC.Collect();
        var before = Process.GetCurrentProcess().PeakWorkingSet64;
        CocoDetections detections = null!;
        var reading = Timing.Of(() => detections = CocoDetections.Read(results, CocoAnnotations.Read(truth)));
        List<Measurement> measurements = [new("reading both files", reading.Seconds, "s"), new("reading, processor", reading.ProcessorSeconds, "s")];
        foreach (var kind in new[] { CocoOverlapKind.Boxes, CocoOverlapKind.Masks })
        {
            var scored = kind == CocoOverlapKind.Masks ? detections.WithoutBoxes() : detections;
            var evaluator = new CocoEvaluator(new() { Kind = kind, Threads = options.Threads });
            CocoScores scores = null!;
            Timing[] timings = [.. Enumerable.Range(0, options.Repeats).Select(_ => Timing.Of(() => scores = evaluator.Evaluate(scored)))];
            var name = kind == CocoOverlapKind.Boxes ? "boxes" : "masks";
            measurements.Add(new(name, Statistics.Median(timings.Select(t => t.Seconds)), "s"));
            measurements.Add(new($"{name}, processor", Statistics.Median(timings.Select(t => t.ProcessorSeconds)), "s"));
            measurements.Add(new($"AP of {name}", 100 * scores.Figures.Precision ?? double.NaN, "%"));
        }

        using var process = Process.GetCurrentProcess();
        measurements.Add(new("peak memory of the process", process.PeakWorkingSet64 / 1e6, "MB"));
        measurements.Add(new("of it above the start", (process.PeakWorkingSet64 - before) / 1e6, "MB"));
        return new(
            "cocoeval",
            $"{Images} images x {DetectionsPerImage} detections, {Images * ObjectsPerImage} objects, {Categories} categories, {options.Threads} threads, medians of {options.Repeats}",
            measurements);
    }

    private static void Write(string truth, string results)
    {
        var random = new Random(5);
        using var truthStream = File.Create(truth);
        using var resultStream = File.Create(results);
        using var set = new Utf8JsonWriter(truthStream);
        using var found = new Utf8JsonWriter(resultStream);
        set.WriteStartObject();
        set.WriteStartArray("categories");
        for (var category = 1; category <= Categories; category++)
        {
            set.WriteRawValue(string.Create(CultureInfo.InvariantCulture, $$"""{"id": {{category}}, "name": "thing {{category}}"}"""));
        }

        set.WriteEndArray();
        set.WriteStartArray("images");
        for (var image = 1; image <= Images; image++)
        {
            set.WriteRawValue(string.Create(CultureInfo.InvariantCulture, $$"""{"id": {{image}}, "width": {{Width}}, "height": {{Height}}}"""));
        }

        set.WriteEndArray();
        set.WriteStartArray("annotations");
        found.WriteStartArray();
        for (var image = 1; image <= Images; image++)
        {
            WriteImage(set, found, random, image);
            set.Flush();
            found.Flush();
        }

        set.WriteEndArray();
        set.WriteEndObject();
        found.WriteEndArray();
    }

    private static void WriteImage(Utf8JsonWriter set, Utf8JsonWriter found, Random random, int image)
    {
        var objects = new (int Category, double[] Outline)[ObjectsPerImage];
        for (var i = 0; i < objects.Length; i++)
        {
            objects[i] = (random.Next(1, Categories + 1), Outline(random, random.Next(Width), random.Next(Height), Math.Exp(random.NextDouble() * 3.5) * 5));
            var mask = RunLengthMask.FromPolygon(Height, Width, objects[i].Outline);
            set.WriteStartObject();
            set.WriteNumber("id", ((image - 1) * ObjectsPerImage) + i + 1);
            set.WriteNumber("image_id", image);
            set.WriteNumber("category_id", objects[i].Category);
            set.WriteNumber("iscrowd", 0);
            set.WriteNumber("area", mask.Area);
            WriteBox(set, mask.BoundingBox());
            set.WriteStartArray("segmentation");
            WriteNumbers(set, objects[i].Outline);
            set.WriteEndArray();
            set.WriteEndObject();
        }

        for (var i = 0; i < DetectionsPerImage; i++)
        {
            var (category, outline) = objects[random.Next(objects.Length)];
            var (right, down) = (random.NextDouble() * 20 - 10, random.NextDouble() * 20 - 10);
            var mask = RunLengthMask.FromPolygon(Height, Width, [.. outline.Select((value, at) => value + (at % 2 == 0 ? right : down))]);
            found.WriteStartObject();
            found.WriteNumber("image_id", image);
            found.WriteNumber("category_id", random.Next(4) == 0 ? random.Next(1, Categories + 1) : category);
            found.WriteNumber("score", Math.Round(random.NextDouble(), 4));
            WriteBox(found, mask.BoundingBox());
            found.WriteStartObject("segmentation");
            found.WriteStartArray("size");
            found.WriteNumberValue(Height);
            found.WriteNumberValue(Width);
            found.WriteEndArray();
            found.WriteString("counts", mask.ToText());
            found.WriteEndObject();
            found.WriteEndObject();
        }
    }

    private static double[] Outline(Random random, double x, double y, double radius) =>
    [
        .. Enumerable.Range(0, Corners).SelectMany(corner =>
        {
            var (angle, length) = (2 * Math.PI * corner / Corners, radius * (0.6 + (0.4 * random.NextDouble())));
            return new[]
            {
                Math.Round(Math.Clamp(x + (length * Math.Cos(angle)), 0, Width), 2),
                Math.Round(Math.Clamp(y + (length * Math.Sin(angle)), 0, Height), 2),
            };
        }),
    ];

    private static void WriteBox(Utf8JsonWriter json, CocoBox box)
    {
        json.WritePropertyName("bbox");
        WriteNumbers(json, [box.X, box.Y, box.Width, box.Height]);
    }

    private static void WriteNumbers(Utf8JsonWriter json, ReadOnlySpan<double> values)
    {
        json.WriteStartArray();
        foreach (var value in values)
        {
            json.WriteNumberValue(value);
        }

        json.WriteEndArray();
    }
}
