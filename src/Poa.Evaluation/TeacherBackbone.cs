using Poa.Elastic;
using Poa.Networks;
using static TorchSharp.torch;

namespace Poa.Evaluation;

/// <summary>Reads the teacher's backbone out of a checkpoint.</summary>
public static class TeacherBackbone
{
    /// <summary>Name of the teacher's weights in a checkpoint folder.</summary>
    public const string FileName = "teacher.safetensors";

    private const string BackbonePrefix = "backbone.";

    /// <summary>Loads the weights with keys <c>backbone.*</c>; those of the heads are left out.</summary>
    /// <param name="path">A teacher file, or a checkpoint folder that holds <see cref="FileName"/>.</param>
    /// <param name="configuration">The configuration of the run that made it.</param>
    /// <param name="device">Where the network is to live; the CPU by default.</param>
    /// <returns>The intact network, owned by the caller; its parameters need no gradient.</returns>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="SafetensorsException">The file is damaged.</exception>
    /// <exception cref="WeightMismatchException">A tensor of the backbone is missing, extra or of another shape; the message names it.</exception>
    public static ElasticBackbone Load(string path, PoaConfiguration configuration, Device? device = null)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        ArgumentNullException.ThrowIfNull(configuration);
        var file = Directory.Exists(path) ? Path.Combine(path, FileName) : path;
        if (!File.Exists(file))
        {
            throw new FileNotFoundException($"There is no teacher weight file {file}.", file);
        }

        using var weights = SafetensorsFile.Open(file);
        var backbone = ElasticBackbone.Create(configuration, seed: 0, device);
        try
        {
            Fill(backbone, weights);
            return backbone;
        }
        catch
        {
            backbone.Dispose();
            throw;
        }
    }

    private static void Fill(ElasticBackbone backbone, SafetensorsFile weights)
    {
        using var scope = NewDisposeScope();
        var own = weights.Entries.Where(e => e.Name.StartsWith(BackbonePrefix, StringComparison.Ordinal))
            .ToDictionary(e => e.Name[BackbonePrefix.Length..], e => weights.Read(e.Name), StringComparer.Ordinal);
        StateDictionary.Load(backbone, own, $"{weights.Path} ({BackbonePrefix}*)");
        foreach (var parameter in backbone.parameters())
        {
            parameter.requires_grad_(false);
        }
    }
}
