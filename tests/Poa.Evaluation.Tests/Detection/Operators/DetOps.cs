using System.Text.Json;
using Poa.Evaluation.Detection.Data;
using Poa.Networks;
using Poa.Testing;
using static TorchSharp.torch;

namespace Poa.Evaluation.Tests.Detection.Operators;

/// <summary>The golden vectors of the detection operators, and comparison with them.</summary>
internal static class DetOps
{
    private static readonly Lazy<JsonElement> AllSettings = new(() => GoldenDownstream.Json("det_ops/det_ops.json"));

    public static JsonElement Settings => AllSettings.Value;

    public static Dictionary<string, Tensor> Load(string name) => Safetensors.Load(GoldenDownstream.PathOf($"det_ops/{name}.safetensors"));

    /// <summary>The parts of tensor names between a prefix and a suffix, in order: the cases that a file has.</summary>
    public static string[] Cases(string file, string prefix, string suffix)
    {
        using var golden = SafetensorsFile.Open(GoldenDownstream.PathOf($"det_ops/{file}.safetensors"));
        string[] cases =
        [
            .. golden.Entries.Select(e => e.Name)
                .Where(n => n.Length > prefix.Length + suffix.Length && n.StartsWith(prefix, StringComparison.Ordinal) && n.EndsWith(suffix, StringComparison.Ordinal))
                .Select(n => n[prefix.Length..^suffix.Length])
                .Order(StringComparer.Ordinal),
        ];
        Assert.NotEmpty(cases);
        return cases;
    }

    public static double[] Doubles(this JsonElement array) => [.. array.EnumerateArray().Select(v => v.GetDouble())];

    public static PixelSize Size(this JsonElement pair) => new(pair[0].GetInt32(), pair[1].GetInt32());

    /// <summary>Asserts |actual - expected| at most atol + rtol * |expected| everywhere.</summary>
    public static void Close(Tensor expected, Tensor actual, double atol, double rtol = 0)
    {
        Assert.Equal(expected.shape, actual.shape);
        if (expected.numel() == 0)
        {
            return;
        }

        using var scope = NewDisposeScope();
        var reference = expected.to(ScalarType.Float64);
        var excess = ((actual.detach().to(ScalarType.Float64) - reference).abs() - (reference.abs() * rtol)).max().item<double>();
        Assert.True(excess <= atol, $"Deviates by {excess:E2} beyond rtol {rtol:E1}, with atol {atol:E1}.");
    }

    /// <summary>Asserts equal shapes and values, whatever the integer types.</summary>
    public static void Same(Tensor expected, Tensor actual)
    {
        Assert.Equal(expected.shape, actual.shape);
        Assert.Equal(Longs(expected), Longs(actual));
    }

    public static long[] Longs(Tensor values) => [.. values.to(ScalarType.Int64).contiguous().data<long>()];
}
