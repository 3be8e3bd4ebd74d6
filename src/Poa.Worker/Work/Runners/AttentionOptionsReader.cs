using Poa.Actors.Abstractions;

namespace Poa.Worker.Work.Runners;

/// <summary>What a request says about pictures of attention.</summary>
/// <param name="Images">How many images are looked at.</param>
/// <param name="ImageSize">Their shorter side in pixels; null for their own.</param>
internal sealed record AttentionRequest(int Images, int? ImageSize = null);

/// <summary>Options of the attention benchmark.</summary>
internal static class AttentionOptionsReader
{
    internal static OptionTable<AttentionRequest> Table { get; } = new OptionTable<AttentionRequest>(Benchmarks.Attention)
        .AddInteger("pictures", 1, (o, value) => o with { Images = value })
        .AddInteger("image_size", 1, (o, value) => o with { ImageSize = value });

    /// <exception cref="PoaException">An option is unknown or its value cannot be used; both are named.</exception>
    public static AttentionRequest Read(IReadOnlyDictionary<string, string> options) =>
        Table.Read(new AttentionRequest(EvaluationRun.DefaultPictures), options, static _ => { });
}
