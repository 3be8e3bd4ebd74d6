namespace Poa.Evaluation.Drawing;

/// <summary>A colour of 8 bits per channel.</summary>
/// <param name="Red">Red.</param>
/// <param name="Green">Green.</param>
/// <param name="Blue">Blue.</param>
public readonly record struct Colour(byte Red, byte Green, byte Blue)
{
    /// <summary>Black or white, whichever is easier to read on this colour.</summary>
    public Colour Ink => (299 * Red) + (587 * Green) + (114 * Blue) > 128_000 ? default : new Colour(255, 255, 255);

    /// <summary>Mixes it with another.</summary>
    /// <param name="below">The other colour.</param>
    /// <param name="percent">Share of this one, 0 to 100.</param>
    public Colour Over(Colour below, int percent)
    {
        return new(Mix(Red, below.Red), Mix(Green, below.Green), Mix(Blue, below.Blue));

        byte Mix(byte own, byte other) => (byte)(((own * percent) + (other * (100 - percent)) + 50) / 100);
    }
}
