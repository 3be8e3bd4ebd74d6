namespace Poa.Training.Exchange.Nccl;

/// <summary>NCCL reports an error, of a device, of the network or of another member: the run has to form anew, from a checkpoint.</summary>
/// <param name="message">The call, and what NCCL says.</param>
/// <param name="innerException">The same, where it was noticed by another thread.</param>
public sealed class NcclException(string message, Exception? innerException = null) : Exception(message, innerException);

/// <summary>NCCL was asked for and cannot be used on this member.</summary>
/// <param name="message">What is missing.</param>
/// <param name="innerException">What the system said.</param>
public sealed class NcclUnavailableException(string message, Exception? innerException = null) : Exception(message, innerException);
