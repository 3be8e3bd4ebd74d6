using Poa.Data.Datasets;
using Poa.Data.Imaging;
using Poa.Elastic;

namespace Poa.Data.Inspection;

/// <summary>
/// Looks at a set of images without opening it for training: folders are listed by name only, and not further than time allows.
/// The same files give the same sample.
/// </summary>
/// <param name="limits">How much it may take.</param>
/// <param name="time">The clock.</param>
public sealed class DatasetSurveyor(SurveyLimits limits, TimeProvider time)
{
    /// <summary>Looks.</summary>
    /// <param name="specification">The set.</param>
    /// <param name="cancellationToken">Gives up, at the latest after the image that is being decoded.</param>
    /// <exception cref="DatasetException">The folder or a file is missing, empty or damaged; the message names it.</exception>
    public DatasetSurvey Look(DataSpecification specification, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(specification);
        return specification.Kind switch
        {
            DatasetKind.Folder => LookInto(ImageFolderLayout.Open(specification.Path), cancellationToken),
            DatasetKind.ImageNet => LookInto(ImageFolderLayout.OpenImageNet(specification.Path, specification.Split!), cancellationToken),
            DatasetKind.Coco or DatasetKind.Ade20k => LookInto(ImageFolderLayout.OpenDense(specification), cancellationToken),
            _ => LookAt(specification.Open(), cancellationToken),
        };
    }

    private DatasetSurvey LookInto(ImageFolderLayout layout, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        var random = Randomness.For(0, RandomPurpose.Inspection);
        var sample = new List<string>();
        var count = 0;
        bool GoOn()
        {
            cancellationToken.ThrowIfCancellationRequested();
            return time.GetElapsedTime(started) <= limits.Counting;
        }

        foreach (var image in layout.Parts(GoOn).SelectMany(part => part.Images))
        {
            // Reservoir sampling: every image has the same chance, however many there turn out to be.
            if (count < limits.Sample)
            {
                sample.Add(image.FullName);
            }
            else if (random.NextInt32(count + 1) is var place && place < limits.Sample)
            {
                sample[place] = image.FullName;
            }

            count++;
        }

        var isLowerBound = !GoOn();
        if (count == 0)
        {
            throw new DatasetException($"No image was found in {layout.Root} within {limits.Counting.TotalSeconds:0} s. Name the folder that holds the images, not one far above it.");
        }

        sample.Sort(StringComparer.Ordinal);
        var tried = Try(sample, path => path, ImageDecoder.DecodeFile, cancellationToken);
        return new DatasetSurvey(layout.Name, count, isLowerBound, layout.ClassNames, tried);
    }

    private DatasetSurvey LookAt(IImageDataset dataset, CancellationToken cancellationToken)
    {
        var size = Math.Min(limits.Sample, dataset.Count);
        int[] spread = [.. Enumerable.Range(0, size).Select(i => (int)((long)i * dataset.Count / size))];
        return new DatasetSurvey(dataset.Name, dataset.Count, false, dataset.ClassNames, Try(spread, dataset.DescribeItem, dataset.Load, cancellationToken));
    }

    private List<SurveyedImage> Try<T>(IEnumerable<T> items, Func<T, string> name, Func<T, RgbImage> load, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        var tried = new List<SurveyedImage>();
        foreach (var item in items)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (tried.Count > 0 && time.GetElapsedTime(started) > limits.Decoding)
            {
                break;
            }

            try
            {
                var image = load(item);
                tried.Add(new SurveyedImage(name(item), image.Width, image.Height, null));
            }
            catch (UnreadableImageException error)
            {
                tried.Add(new SurveyedImage(name(item), 0, 0, error.Reason));
            }
        }

        return tried;
    }
}
