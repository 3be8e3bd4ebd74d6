using System.Globalization;
using System.Text.Json;
using Poa.Elastic;
using Poa.Evaluation.Detection.Coco;
using Poa.Evaluation.Detection.Data;
using SkiaSharp;

namespace Poa.Evaluation.Tests.Detection;

/// <summary>A small set in COCO's layout: one or two bright shapes on noise, rectangles (category 5) and triangles (category 11).</summary>
internal sealed class SceneSet : IDisposable
{
    public const long Rectangle = 5;
    public const long Triangle = 11;

    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("poa-scenes-");

    /// <param name="images">How many; ids are 10, 20, ...</param>
    /// <param name="width">Pixels.</param>
    /// <param name="height">Pixels.</param>
    /// <param name="seed">Scenes are a function of it.</param>
    public SceneSet(int images, int width, int height, long seed = 1)
    {
        using var stream = File.Create(Instances);
        using var json = new Utf8JsonWriter(stream);
        json.WriteStartObject();
        json.WritePropertyName("categories");
        json.WriteRawValue($$"""[{"id": {{Triangle}}, "name": "triangle"}, {"id": {{Rectangle}}, "name": "rectangle"}]""");
        json.WritePropertyName("images");
        json.WriteRawValue($"[{string.Join(", ", Enumerable.Range(1, images).Select(i => $$"""{"id": {{10 * i}}, "width": {{width}}, "height": {{height}}, "file_name": "{{i}}.png"}"""))}]");
        json.WriteStartArray("annotations");
        for (var image = 1; image <= images; image++)
        {
            Draw(json, image, width, height, seed);
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    public string Folder => folder.FullName;

    public string Instances => Path.Combine(folder.FullName, "instances.json");

    public CocoDetectionDataset Open() => CocoDetectionDataset.Open(Folder, Instances);

    public void Dispose() => folder.Delete(recursive: true);

    private void Draw(Utf8JsonWriter json, int image, int width, int height, long seed)
    {
        var random = Randomness.For(seed, RandomPurpose.Testing, 7, image);
        using var bitmap = new SKBitmap(width, height, SKColorType.Rgba8888, SKAlphaType.Opaque);
        using var canvas = new SKCanvas(bitmap);
        for (var y = 0; y < height; y += 2)
        {
            for (var x = 0; x < width; x += 2)
            {
                canvas.DrawRect(x, y, 2, 2, new() { Color = new((byte)random.NextInt32(80), (byte)random.NextInt32(80), (byte)random.NextInt32(80)) });
            }
        }

        for (var i = 0; i < 2; i++)
        {
            var (w, h) = (random.NextInt32(width / 4, width / 2), random.NextInt32(height / 4, height / 2));
            var (x, y) = (random.NextInt32(width - w), random.NextInt32(height - h));
            var triangle = i == 1;
            double[] outline = triangle ? [x, y + h, x + w, y + h, x + (w / 2), y] : [x, y, x + w, y, x + w, y + h, x, y + h];
            using var builder = new SKPathBuilder();
            builder.AddPoly([.. outline.Chunk(2).Select(p => new SKPoint((float)p[0], (float)p[1]))], true);
            using var path = builder.Detach();
            canvas.DrawPath(path, new() { Color = triangle ? new(240, 220, 40) : new(40, 120, 250) });
            var mask = RunLengthMask.FromPolygon(height, width, outline);
            json.WriteRawValue(string.Create(CultureInfo.InvariantCulture, $$"""
                {"id": {{(2 * image) + i}}, "image_id": {{10 * image}}, "category_id": {{(triangle ? Triangle : Rectangle)}}, "iscrowd": 0, "area": {{mask.Area}},
                 "bbox": [{{x}}, {{y}}, {{w}}, {{h}}], "segmentation": [[{{string.Join(", ", outline)}}]]}
                """));
        }

        using var data = bitmap.Encode(SKEncodedImageFormat.Png, 100);
        using var file = File.Create(Path.Combine(folder.FullName, $"{image}.png"));
        data.SaveTo(file);
    }
}
