using System.Runtime.InteropServices;

namespace Poa.Training.Exchange.Nccl;

/// <summary>
/// Chooses the CUDA device of the calling thread, which NCCL takes for the communicator's. By the driver's own interface, as <c>cuda.h</c> declares it:
/// the tensor library chooses by itself, for each of its operations only.
/// </summary>
internal static partial class CudaContext
{
    private const string Driver = "libcuda.so.1";

    /// <summary>Makes the context that the tensor library uses on a device the thread's.</summary>
    /// <param name="index">Number of the device.</param>
    /// <exception cref="NcclException">The driver refuses.</exception>
    /// <exception cref="NcclUnavailableException">There is no driver.</exception>
    public static void Choose(int index)
    {
        try
        {
            Check(Init(0), "cuInit");
            Check(DeviceGet(out var device, index), "cuDeviceGet");
            Check(PrimaryContextRetain(out var context, device), "cuDevicePrimaryCtxRetain"); // kept for the life of the process, as the tensor library keeps it
            Check(SetCurrent(context), "cuCtxSetCurrent");
        }
        catch (DllNotFoundException error)
        {
            throw new NcclUnavailableException($"The library {Driver} of NVIDIA's driver cannot be loaded.", error);
        }
    }

    private static void Check(int result, string call)
    {
        if (result != 0)
        {
            throw new NcclException($"{call} of the CUDA driver gives {result}.");
        }
    }

    [LibraryImport(Driver, EntryPoint = "cuInit")]
    private static partial int Init(uint flags);

    [LibraryImport(Driver, EntryPoint = "cuDeviceGet")]
    private static partial int DeviceGet(out int device, int ordinal);

    [LibraryImport(Driver, EntryPoint = "cuDevicePrimaryCtxRetain")]
    private static partial int PrimaryContextRetain(out nint context, int device);

    [LibraryImport(Driver, EntryPoint = "cuCtxSetCurrent")]
    private static partial int SetCurrent(nint context);
}
