using System.Security.Cryptography;
using System.Text;
using Poa.Elastic;
using Poa.Networks;
using static TorchSharp.torch;

namespace Poa.Evaluation.Detection;

/// <summary>A sub-network's weights as those of an ordinary network.</summary>
internal sealed record ExtractedWeights(PlainConfiguration Configuration, IReadOnlyDictionary<string, Tensor> Tensors, string Sha256) : IDisposable
{
    /// <exception cref="ArgumentException">The sub-network is not on the teacher's grid.</exception>
    public static ExtractedWeights Of(ElasticBackbone teacher, SubNetwork subNetwork)
    {
        using var scope = NewDisposeScope();
        var tensors = Extraction.PlainWeights(teacher, subNetwork);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var (name, tensor) in tensors.OrderBy(entry => entry.Key, StringComparer.Ordinal))
        {
            hash.AppendData(Encoding.UTF8.GetBytes(name));
            hash.AppendData(tensor.detach().cpu().contiguous().bytes);
            tensor.DetachFromDisposeScope();
        }

        return new(Extraction.Configuration(teacher, subNetwork), tensors, Convert.ToHexStringLower(hash.GetHashAndReset()));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var tensor in Tensors.Values)
        {
            tensor.Dispose();
        }
    }
}
