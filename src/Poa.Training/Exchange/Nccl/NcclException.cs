namespace Poa.Training.Exchange.Nccl;

/// <summary>NCCL reports an error, of a device, of the network or of another member: the run has to form anew, from a checkpoint.</summary>
/// <param name="message">The call, and what NCCL says.</param>
/// <param name="innerException">The same, where it was noticed by another thread.</param>
public sealed class NcclException(string message, Exception? innerException = null) : Exception(message, innerException);

/// <summary>NCCL was asked for and cannot be used on this member.</summary>
public sealed class NcclUnavailableException : Exception
{
    /// <param name="message">What is missing, and what to do.</param>
    /// <param name="innerException">What the system said.</param>
    public NcclUnavailableException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }

    /// <summary>What to do about a library that is missing.</summary>
    internal static string Remedy { get; } =
        $"Install NVIDIA's NCCL (the package libnccl2 of NVIDIA's repository, or nvidia-nccl of PyTorch's wheels) so that the loader finds {NcclLibrary.Name}, " +
        "for example by LD_LIBRARY_PATH, on all workers; or have the workers exchange by TCP (POA_EXCHANGE=tcp).";
}
