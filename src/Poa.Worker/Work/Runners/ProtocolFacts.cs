using System.Globalization;
using Poa.Data.Imaging;
using Poa.Evaluation;

namespace Poa.Worker.Work.Runners;

/// <summary>Facts of a protocol by name, with what all benchmarks on images have in common.</summary>
internal sealed class ProtocolFacts : Dictionary<string, string>
{
    /// <summary>How pixels were normalised, and which images were used.</summary>
    public ProtocolFacts AddImages(Normalisation normalisation, DataCard train, DataCard test)
    {
        this["mean"] = string.Join(" ", normalisation.Mean.Select(Text));
        this["deviation"] = string.Join(" ", normalisation.Deviation.Select(Text));
        this["train"] = $"{train.Name} ({Text(train.Used)} images)";
        this["train_sha256"] = train.Fingerprint;
        this["test"] = $"{test.Name} ({Text(test.Used)} images)";
        this["test_sha256"] = test.Fingerprint;
        return this;
    }

    /// <summary>What computed the figures, of which weights.</summary>
    public ProtocolFacts AddMachine(string software, string device, int threads, string? checkpointSha256)
    {
        this["software"] = software;
        this["device"] = device;
        this["threads"] = Text(threads);
        if (checkpointSha256 is not null)
        {
            this["checkpoint_sha256"] = checkpointSha256;
        }

        return this;
    }

    /// <summary>A number as it can be read back.</summary>
    public static string Text(double value) => value.ToString(CultureInfo.InvariantCulture);

    /// <summary>A whole number.</summary>
    public static string Text(long value) => value.ToString(CultureInfo.InvariantCulture);
}
