using Poa.Elastic;
using Poa.Evaluation;
using Poa.Networks;
using TorchSharp;

namespace Poa.Worker.Work;

/// <summary>Plain networks taken out of an intact one: what is delivered.</summary>
internal static class PlainNetworks
{
    /// <summary>The shape of a plain network, with the pixels that the run was trained on.</summary>
    public static PlainConfiguration Shape(ElasticBackbone intact, PoaConfiguration configuration, SubNetwork subNetwork) => Extraction.Configuration(
        intact,
        subNetwork,
        new ImagePreprocessing
        {
            Mean = [.. configuration.Augmentation.Mean],
            StandardDeviation = [.. configuration.Augmentation.StandardDeviation],
        });

    /// <summary>Writes one as a weight file.</summary>
    /// <param name="path">The file to write.</param>
    /// <param name="teacherPath">Weights of a checkpoint's teacher.</param>
    /// <param name="configuration">Of the run that made it.</param>
    /// <param name="subNetwork">A cell of its grid.</param>
    /// <param name="device">Where to compute.</param>
    /// <returns>Its shape.</returns>
    public static PlainConfiguration Write(string path, string teacherPath, PoaConfiguration configuration, SubNetwork subNetwork, torch.Device device)
    {
        using var scope = torch.NewDisposeScope();
        using var noGrad = torch.no_grad();
        using var intact = TeacherBackbone.Load(teacherPath, configuration, device);
        var plain = Shape(intact, configuration, subNetwork);
        using var stream = File.Create(path);
        Extraction.Save(stream, Extraction.PlainWeights(intact, subNetwork), plain);
        return plain;
    }

    /// <summary>A plain network, owned by the caller.</summary>
    public static PlainNetwork Of(ElasticBackbone intact, PoaConfiguration configuration, SubNetwork subNetwork) =>
        PlainNetwork.Create(Shape(intact, configuration, subNetwork), Extraction.PlainWeights(intact, subNetwork), $"sub-network {subNetwork}");
}
