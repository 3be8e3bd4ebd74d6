using System.Security.Cryptography;
using Poa.Elastic;
using Poa.Networks;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace Poa.Training.Step;

/// <summary>A frozen teacher cannot be used with a run's configuration.</summary>
/// <param name="message">Every fault, with both values.</param>
public sealed class FrozenTeacherException(string message) : Exception(message);

/// <summary>The teacher of a run that distils one (<c>seed.*</c>): a plain network that is not trained. Its embedding of an image is its class token.</summary>
public sealed class FrozenTeacher : IDisposable
{
    private readonly PlainNetwork network;

    private FrozenTeacher(PlainNetwork network, string fingerprint) => (this.network, Fingerprint) = (network, fingerprint);

    /// <summary>SHA-256 of its weight file, lower-case hexadecimal: with another one a run does not go on.</summary>
    public string Fingerprint { get; }

    /// <summary>Loads an extracted network.</summary>
    /// <param name="path">Its weight file.</param>
    /// <param name="device">Where it computes.</param>
    /// <exception cref="SafetensorsException">The file is damaged, or is not that of an extracted network.</exception>
    /// <exception cref="WeightMismatchException">Weights are missing, superfluous or of another shape; all are named.</exception>
    public static FrozenTeacher Load(string path, Device? device = null)
    {
        using var stream = File.OpenRead(path);
        var fingerprint = Convert.ToHexStringLower(SHA256.HashData(stream));
        return new(PlainNetwork.Load(path, device), fingerprint);
    }

    /// <summary>Checks that a run can distil it.</summary>
    /// <param name="configuration">The run's.</param>
    /// <exception cref="FrozenTeacherException">It cannot.</exception>
    public void Check(PoaConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        var (teacher, seed, crops, augmentation) = (network.Configuration, configuration.Seed, configuration.Crops, configuration.Augmentation);
        string[] faults =
        [
            .. seed.EmbeddingDim == teacher.FeatureWidth ? Array.Empty<string>()
                : [$"its class token has {teacher.FeatureWidth} channels, seed.embedding_dim is {seed.EmbeddingDim}"],
            .. crops.GlobalCropsSize % teacher.SizeDivisor == 0 ? Array.Empty<string>()
                : [$"it takes images whose sides are multiples of {teacher.SizeDivisor}, crops.global_crops_size is {crops.GlobalCropsSize}"],
            .. PixelFaults("augmentation.mean", teacher.Preprocessing.Mean, augmentation.Mean),
            .. PixelFaults("augmentation.std", teacher.Preprocessing.StandardDeviation, augmentation.StandardDeviation),
        ];
        if (faults.Length > 0)
        {
            throw new FrozenTeacherException($"The frozen teacher does not fit the configuration: {string.Join("; ", faults)}.");
        }
    }

    /// <summary>Embeddings of length 1; no gradient.</summary>
    /// <param name="images_BCHW">Normalised images.</param>
    /// <returns>[B, E]</returns>
    public Tensor Embed(Tensor images_BCHW)
    {
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        return F.normalize(network.Forward(images_BCHW).ClassToken, 2, -1).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public void Dispose() => network.Dispose();

    private static IEnumerable<string> PixelFaults(string key, IEnumerable<double> teacher, IEnumerable<double> own)
    {
        if (!teacher.SequenceEqual(own))
        {
            yield return FormattableString.Invariant($"it was trained on pixels with {key}=[{string.Join(", ", teacher)}], here it is [{string.Join(", ", own)}]");
        }
    }
}
