namespace Poa.Data.Scenes;

/// <summary>Mixing of 8-bit values in integers, hence the same everywhere.</summary>
internal static class Blend
{
    /// <summary>value * opacity / 255, rounded.</summary>
    public static byte Share(byte value, byte opacity) => (byte)(((value * opacity) + 127) / 255);

    /// <summary>A premultiplied colour over another one. Resampling may leave a colour above its opacity: the sum is cut at white.</summary>
    public static byte Over(byte premultiplied, byte opacity, byte below) =>
        (byte)Math.Min(byte.MaxValue, premultiplied + Share(below, (byte)(byte.MaxValue - opacity)));
}
