#pragma warning disable CS1591 // Each key is described by its attribute, which the printed reference shows too: one text, not two.

namespace Poa.Elastic;

/// <summary>Section <c>crops</c>.</summary>
public sealed record CropsOptions
{
    [ConfigurationKey("global_crops_scale", "Area of a global crop as a fraction of the image.", Min = 0, MinExclusive = true, Max = 1)]
    public Interval GlobalCropsScale { get; init; } = new(0.32, 1.0);

    [ConfigurationKey("local_crops_number", "Local crops per image; 0 for none.", Min = 0, Max = 64)]
    public int LocalCropsNumber { get; init; } = 8;

    [ConfigurationKey("local_crops_scale", "Area of a local crop as a fraction of the image.", Min = 0, MinExclusive = true, Max = 1)]
    public Interval LocalCropsScale { get; init; } = new(0.05, 0.32);

    [ConfigurationKey("global_crops_size", "Side of the two global crops in pixels, and of the images the network is made for.", Min = 1, Max = 4096)]
    public int GlobalCropsSize { get; init; } = 224;

    [ConfigurationKey("local_crops_size", "Side of a local crop in pixels.", Min = 1, Max = 4096)]
    public int LocalCropsSize { get; init; } = 96;
}
