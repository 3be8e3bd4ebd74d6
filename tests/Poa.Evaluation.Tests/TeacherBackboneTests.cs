using Poa.Elastic;
using Poa.Networks;
using static TorchSharp.torch;

namespace Poa.Evaluation.Tests;

public sealed class TeacherBackboneTests : IDisposable
{
    private static readonly PoaConfiguration Configuration = new()
    {
        Student = new() { PatchSize = 4, MinEmbedDim = 16, MaxEmbedDim = 32, HeadDim = 8, MinDepth = 2, MaxDepth = 3 },
        Crops = new() { GlobalCropsSize = 16, LocalCropsSize = 8 },
    };

    private readonly string folder = Directory.CreateTempSubdirectory("poa-teacher-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void Load_FolderOrFile_GivesTheSavedWeights()
    {
        using var scope = NewDisposeScope();
        using var saved = new ElasticViT(Configuration.ViTArchitecture(), seed: 9);
        var images = rand(2, 3, 16, 16);
        var expected = saved.Forward(images, saved.Grid.Intact).ClassToken;
        Save(Weights(saved));

        foreach (var path in new[] { folder, Path.Combine(folder, TeacherBackbone.FileName) })
        {
            using var loaded = TeacherBackbone.Load(path, Configuration);
            Assert.True(loaded.Forward(images, loaded.Grid.Intact).ClassToken.equal(expected).all().item<bool>());
            Assert.All(loaded.parameters(), p => Assert.False(p.requires_grad));
        }
    }

    [Fact]
    public void Load_TensorMissing_NamesIt()
    {
        using var saved = new ElasticViT(Configuration.ViTArchitecture(), seed: 9);
        var weights = Weights(saved);
        weights.Remove("backbone.blocks.1.attn.qkv.linear.weight");
        Save(weights);

        Assert.Contains("blocks.1.attn.qkv.linear.weight", Failure(Configuration), StringComparison.Ordinal);
    }

    [Fact]
    public void Load_TensorExtra_NamesIt()
    {
        using var saved = new ElasticViT(Configuration.ViTArchitecture(), seed: 9);
        var weights = Weights(saved);
        weights.Add("backbone.blocks.7.norm1.weight", weights["backbone.cls_token"]);
        Save(weights);

        Assert.Contains("blocks.7.norm1.weight", Failure(Configuration), StringComparison.Ordinal);
    }

    [Fact]
    public void Load_OtherConfiguration_NamesTensorAndBothShapes()
    {
        using var saved = new ElasticViT(Configuration.ViTArchitecture(), seed: 9);
        Save(Weights(saved));

        var message = Failure(Configuration with { Student = Configuration.Student with { MaxEmbedDim = 40 } });

        Assert.Contains("cls_token", message, StringComparison.Ordinal);
        Assert.Contains("32", message, StringComparison.Ordinal);
        Assert.Contains("40", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_NoFile_NamesIt()
    {
        var error = Assert.Throws<FileNotFoundException>(() => TeacherBackbone.Load(folder, Configuration));

        Assert.Contains(TeacherBackbone.FileName, error.Message, StringComparison.Ordinal);
    }

    private static Dictionary<string, Tensor> Weights(ElasticViT backbone)
    {
        var weights = backbone.named_parameters().ToDictionary(p => "backbone." + p.name, p => (Tensor)p.parameter);
        weights.Add("dino_head.mlp0.0.linear.weight", weights["backbone.cls_token"]);
        return weights;
    }

    private void Save(Dictionary<string, Tensor> weights) => Safetensors.Save(Path.Combine(folder, TeacherBackbone.FileName), weights);

    private string Failure(PoaConfiguration configuration) =>
        Assert.Throws<WeightMismatchException>(() => TeacherBackbone.Load(folder, configuration)).Message;
}
