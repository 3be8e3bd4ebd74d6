namespace Poa.Networks;

/// <summary>
/// A weight file breaks a rule of the safetensors format, or does not hold the tensors asked for. The message names the file, the tensor
/// where one is concerned, and what is wrong.
/// </summary>
public sealed class SafetensorsException : IOException
{
    /// <summary>Creates the error.</summary>
    /// <param name="file">Path or other name of the file.</param>
    /// <param name="tensor">The tensor concerned, or null where the fault concerns the whole file.</param>
    /// <param name="fault">What is wrong, as a clause without a full stop.</param>
    /// <param name="innerException">What led to it, if anything.</param>
    public SafetensorsException(string file, string? tensor, string fault, Exception? innerException = null)
        : base(tensor is null ? $"{file}: {fault}." : $"{file}: tensor '{tensor}': {fault}.", innerException)
    {
        File = file;
        Tensor = tensor;
    }

    /// <summary>Path or other name of the file.</summary>
    public string File { get; }

    /// <summary>The tensor concerned; null where the fault concerns the whole file.</summary>
    public string? Tensor { get; }
}
