using CsCheck;
using Poa.Evaluation.Detection.Data;
using Poa.Evaluation.Detection.Operators;
using static TorchSharp.torch;

namespace Poa.Evaluation.Tests.Detection.Operators;

/// <summary>Mask targets and pasting against the definitions, pixel by pixel in double.</summary>
public sealed class MaskTests
{
    // Quarters of a pixel: float32 and double then agree on which side of a pixel a sample falls.
    private static readonly Gen<float[]> Box = Gen.Select(Gen.Int[-40, 160], Gen.Int[-40, 160], Gen.Int[1, 160], Gen.Int[1, 160])
        .Select(b => new[] { b.Item1 / 4f, b.Item2 / 4f, (b.Item1 + b.Item3) / 4f, (b.Item2 + b.Item4) / 4f });

    [Fact]
    public void Targets_AnyBoxes_AreRoiAlignOfTheClippedBoxes() =>
        Gen.Select(Gen.Int[1, 20], Gen.Int[1, 20], Box.Array[1, 4], Gen.Int[1, 6], Gen.Int[0, 1000]).Sample(
            (height, width, boxes, size, seed) =>
            {
                using var scope = NewDisposeScope();
                using var generator = new Generator((ulong)seed);
                var masks = randint(0, 2, [2, height, width], ScalarType.Byte, generator: generator);
                var objects = randint(0, 2, [boxes.Length], ScalarType.Int64, generator: generator);

                var average = MaskTargets.Average(Rows(boxes), objects, masks, size);

                float[][] rois =
                [
                    .. boxes.Zip(DetOps.Longs(objects)).Select(p => new[]
                    {
                        p.Second, Math.Clamp(p.First[0], 0, width), Math.Clamp(p.First[1], 0, height), Math.Clamp(p.First[2], 0, width), Math.Clamp(p.First[3], 0, height),
                    }),
                ];
                var slow = new SlowRoiAlign([masks.to(ScalarType.Float64).data<double>().ToArray()], 1, [(1, height, width)]);
                DetOps.Close(tensor(slow.Values(rois, new int[rois.Length], size, 0)).view(average.shape), average, 1e-3);
            },
            iter: 100);

    [Fact]
    public void Paste_AnyBoxes_SetsThePixelsWhoseSampleReachesTheThreshold() =>
        Gen.Select(Gen.Int[1, 30], Gen.Int[1, 30], Box.Array[1, 4], Gen.Int[1, 6], Gen.Int[0, 1000]).Sample(
            (height, width, boxes, size, seed) =>
            {
                using var scope = NewDisposeScope();
                using var generator = new Generator((ulong)seed);
                var masks = rand([boxes.Length, size, size], generator: generator);

                var pasted = MaskPasting.Paste(masks, Rows(boxes), new PixelSize(height, width));

                var pixels = new byte[height * width];
                for (var i = 0; i < boxes.Length; i++)
                {
                    pasted[i].Decode(pixels);
                    var mask = masks[i].contiguous().data<float>().ToArray();
                    for (var at = 0; at < pixels.Length; at++)
                    {
                        var value = Sample(mask, size, Place(at % width, boxes[i][0], boxes[i][2], size), Place(at / width, boxes[i][1], boxes[i][3], size));
                        Assert.True(Math.Abs(value - 0.5) < 1e-3 || (value > 0.5) == (pixels[at] == 1), $"Pixel {at} of {width} x {height}: {value} became {pixels[at]}.");
                    }
                }
            },
            iter: 100);

    [Fact]
    public void Paste_BoxOutsideTheImage_IsEmpty()
    {
        using var scope = NewDisposeScope();

        var pasted = MaskPasting.Paste(ones(1, 28, 28), tensor([50f, 60, 70, 80], [1, 4]), new PixelSize(20, 30));

        Assert.Equal(0, Assert.Single(pasted).Area);
    }

    // As in the reference, which reads the middle of the mask where there is no extent to divide by.
    [Fact]
    public void Paste_BoxWithoutWidth_FillsTheTwoColumnsAtIt()
    {
        using var scope = NewDisposeScope();

        var pasted = MaskPasting.Paste(ones(1, 28, 28), tensor([10f, 5, 10, 15], [1, 4]), new PixelSize(20, 30));

        var box = Assert.Single(pasted).BoundingBox();
        Assert.Equal((9, 5, 2, 10), ((int)box.X, (int)box.Y, (int)box.Width, (int)box.Height));
        Assert.Equal(20, pasted[0].Area);
    }

    private static Tensor Rows(float[][] boxes) => tensor(boxes.SelectMany(b => b).ToArray()).view(-1, 4);

    private static double Place(int pixel, double from, double to, int size) => ((pixel + 0.5 - from) / (to - from) * size) - 0.5;

    private static double Sample(float[] mask, int size, double x, double y)
    {
        var sum = 0.0;
        for (var cell = 0; cell < mask.Length; cell++)
        {
            sum += mask[cell] * Math.Max(0, 1 - Math.Abs(x - (cell % size))) * Math.Max(0, 1 - Math.Abs(y - (cell / size)));
        }

        return sum;
    }
}
