using System.Collections.Immutable;
using Poa.Actors.Abstractions;
using Poa.Elastic;
using Poa.Evaluation.Attention;

namespace Poa.Worker.Work.Runners;

/// <summary>Results of the attention benchmark in the form in which they are stored.</summary>
internal static class AttentionRecords
{
    private const string Headline = "patches for 60 %";

    /// <param name="result">The result.</param>
    /// <param name="pictures">Its pictures.</param>
    /// <param name="grid">The network's grid.</param>
    /// <param name="configuration">The run's configuration.</param>
    /// <param name="protocol">How it was computed.</param>
    /// <param name="elapsed">Time of this sub-network.</param>
    public static EvaluationResult Of(
        AttentionResult result,
        ImmutableArray<EvaluationPicture> pictures,
        ISubNetworkGrid grid,
        PoaConfiguration configuration,
        ImmutableSortedDictionary<string, string> protocol,
        TimeSpan elapsed)
    {
        var cost = grid.CostOf(grid.Parse(result.Network), configuration.Crops.GlobalCropsSize);
        return new EvaluationResult
        {
            SubNetwork = result.Network,
            Benchmark = Benchmarks.Attention,
            Metrics = ImmutableSortedDictionary<string, double>.Empty.Add(Headline, result.FocusShare * 100),
            Headline = Headline,
            Protocol = protocol,
            Parameters = cost.Parameters,
            MultiplyAccumulates = cost.MultiplyAccumulates,
            Elapsed = elapsed,
            Pictures = pictures,
        };
    }

    /// <param name="request">What was asked for.</param>
    /// <param name="result">A result.</param>
    /// <param name="configuration">The run's configuration.</param>
    /// <param name="device">Device, such as <c>cpu</c>.</param>
    /// <param name="threads">Threads of the tensor library.</param>
    /// <param name="checkpointSha256">The weights.</param>
    public static ImmutableSortedDictionary<string, string> Protocol(
        AttentionRequest request, AttentionResult result, PoaConfiguration configuration, string device, int threads, string checkpointSha256)
    {
        var facts = new ProtocolFacts
        {
            ["network"] = "extracted plain network, float32",
            ["attention"] = "softmax weights of the class token on the patches, last block",
            ["figure"] = "smallest share of patches that hold 60 % of it, mean over heads, then over images",
            ["image_size"] = request.ImageSize is { } size ? ProtocolFacts.Text(size) : "the image's own, at least that of training",
            ["images"] = $"{result.Images.Name} (the first {ProtocolFacts.Text(result.Images.Used)})",
            ["images_sha256"] = result.Images.Fingerprint,
        };
        return facts
            .AddNormalisation(new(configuration.Augmentation.Mean, configuration.Augmentation.StandardDeviation))
            .AddMachine(SoftwareVersion.Product, device, threads, checkpointSha256)
            .ToImmutableSortedDictionary();
    }
}
