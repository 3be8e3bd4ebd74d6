using System.Globalization;
using static TorchSharp.torch;

namespace Poa.Evaluation.Dense.Layers;

/// <summary>Modules named by numbers, with gaps where the reference's sequence has elements without parameters.</summary>
internal sealed class Numbered : nn.Module
{
    private readonly Dictionary<int, nn.Module> parts;

    internal Numbered(params (int Number, nn.Module Part)[] parts)
        : base(nameof(Numbered))
    {
        this.parts = parts.ToDictionary(p => p.Number, p => p.Part);
        foreach (var (number, part) in parts)
        {
            register_module(number.ToString(CultureInfo.InvariantCulture), part);
        }
    }

    /// <summary>The part of that number.</summary>
    internal nn.Module this[int number] => parts[number];
}
