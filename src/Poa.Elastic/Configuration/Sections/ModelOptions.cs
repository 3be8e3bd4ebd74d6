#pragma warning disable CS1591 // Each key is described by its attribute, which the printed reference shows too: one text, not two.

namespace Poa.Elastic;

/// <summary>Section <c>MODEL</c> of the authors' files.</summary>
public sealed record ModelOptions
{
    [ConfigurationKey("WEIGHTS", "Checkpoint to load at the start in the authors' script; only the empty value is supported.")]
    public string Weights { get; init; } = "";
}
