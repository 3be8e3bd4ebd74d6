using System.Text.Json;
using Poa.Testing;
using Xunit;
using static TorchSharp.torch;

namespace Poa.Networks.Tests.Vit;

/// <summary>Both rules for position embeddings; tolerance 1e-5 as in the manifest.</summary>
[Trait("Category", Golden.Trait)]
public sealed class PositionResamplingGoldenTests
{
    private const double Tolerance = 1e-5;

    public static TheoryData<int> Cases() => [.. GoldenDownstream.Json("heads/pos_embed.json").EnumerateArray().Select(c => c.GetProperty("case").GetInt32())];

    [Theory]
    [MemberData(nameof(Cases))]
    public void AtLoad_GoldenCase_AgreesWithTheReference(int number)
    {
        using var scope = NewDisposeScope();
        var (positions, stored, wanted, file) = Read(number);
        using (file)
        {
            GoldenTensors.AssertClose(
                file.Read($"case{number}.checkpoint_load"), PositionResampling.AtLoad(positions, stored, wanted), Tolerance, 0, $"case {number}");
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void PositionEmbedding_GoldenCase_AgreesWithTheReferenceAtRunTime(int number)
    {
        using var scope = NewDisposeScope();
        var (positions, stored, wanted, file) = Read(number);
        using (file)
        {
            // Equal grids are left as they are, the detection code's rule; the file has such a case.
            var actual = stored == wanted ? positions : PositionResampling.AtRunTime(positions, stored, wanted);
            GoldenTensors.AssertClose(file.Read($"case{number}.runtime"), actual, Tolerance, 0, $"case {number}");
        }
    }

    private static (Tensor Positions, TokenGrid Stored, TokenGrid Wanted, SafetensorsFile File) Read(int number)
    {
        var one = GoldenDownstream.Json("heads/pos_embed.json").EnumerateArray().Single(c => c.GetProperty("case").GetInt32() == number);
        var file = SafetensorsFile.Open(GoldenDownstream.PathOf("heads/pos_embed.safetensors"));
        return (file.Read($"case{number}.pos_embed"), Grid(one.GetProperty("stored_grid")), Grid(one.GetProperty("new_grid")), file);
    }

    private static TokenGrid Grid(JsonElement pair) => new(pair[0].GetInt32(), pair[1].GetInt32());
}
