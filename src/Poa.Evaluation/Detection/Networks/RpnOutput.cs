using static TorchSharp.torch;

namespace Poa.Evaluation.Detection.Networks;

/// <summary>What the region proposal network says of the anchors of all maps. Letters: B images, A anchors of a cell, N anchors of all maps.</summary>
/// <param name="Anchors">Boxes of each map, [H W A, 4].</param>
/// <param name="Scores">Logits of each map, [B, A, H, W].</param>
/// <param name="Deltas">Deltas of each map, [B, 4 A, H, W].</param>
internal sealed record RpnOutput(IReadOnlyList<Tensor> Anchors, IReadOnlyList<Tensor> Scores, IReadOnlyList<Tensor> Deltas)
{
    /// <summary>Height and width of each map.</summary>
    public IReadOnlyList<(long Height, long Width)> Maps => [.. Scores.Select(map => (map.shape[2], map.shape[3]))];

    /// <summary>Runs the head on every map.</summary>
    /// <param name="head">The head.</param>
    /// <param name="anchors">The anchors.</param>
    /// <param name="pyramid">Maps, finest first.</param>
    public static RpnOutput Of(RpnHead head, AnchorSet anchors, IReadOnlyList<Tensor> pyramid)
    {
        var outputs = pyramid.Select(head.Forward).ToArray();
        return new(
            anchors.Boxes([.. pyramid.Select(map => (map.shape[2], map.shape[3]))], pyramid[0].device),
            [.. outputs.Select(output => output.Scores_BAHW)],
            [.. outputs.Select(output => output.Deltas_BAHW)]);
    }

    /// <summary>Logits of one image at certain anchors, [P].</summary>
    /// <param name="image">Place in the batch.</param>
    /// <param name="places_P">Among the anchors of all maps.</param>
    public Tensor ScoresAt(int image, Tensor places_P) => cat([.. Scores.Select(map => map[image].permute(1, 2, 0).flatten())]).index_select(0, places_P);

    /// <summary>Deltas of one image at certain anchors, [P, 4].</summary>
    /// <inheritdoc cref="ScoresAt"/>
    public Tensor DeltasAt(int image, Tensor places_P) => cat([.. Deltas.Select(map => map[image].permute(1, 2, 0).reshape(-1, 4))]).index_select(0, places_P);
}
