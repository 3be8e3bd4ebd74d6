using System.Diagnostics;
using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace Poa.Training.Exchange.Nccl;

/// <summary>Where a tensor's values lie in the memory of its device.</summary>
internal static partial class TensorMemory
{
    /// <param name="values">Contiguous.</param>
    /// <returns>Address of the first element, on its device; valid as long as the tensor.</returns>
    public static nint AddressOf(Tensor values)
    {
        Debug.Assert(values.is_contiguous() && values.dtype == ScalarType.Float32, "NCCL is given stretches of float32");
        return Data(values.Handle);
    }

    // TorchSharp has this function of its native part for CPU tensors only.
    [LibraryImport("LibTorchSharp", EntryPoint = "THSTensor_data")]
    private static partial nint Data(nint tensor);
}
