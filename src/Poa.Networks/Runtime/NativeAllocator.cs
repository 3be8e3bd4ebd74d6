using System.Runtime.InteropServices;

namespace Poa.Networks;

/// <summary>
/// Settings of glibc's allocator, which PyTorch's CPU tensors come from. By default it gives all but 64 MB back to the system whenever more lies
/// free, so a training step, which frees its activations at its end, faults in all their pages again in the next one.
/// </summary>
internal static partial class NativeAllocator
{
    // Parameters of mallopt (malloc.h).
    private const int TrimThreshold = -1;
    private const int TopPad = -2;
    private const int MmapThreshold = -3;

    /// <summary>The largest threshold glibc takes, half of the size of a thread's heap.</summary>
    private const int LargestMmapThreshold = 32 << 20;

    /// <summary>Free memory kept at the end of a heap. Address space only: what was never used is not resident.</summary>
    private const int KeptFree = 64 << 20;

    /// <summary>Makes the allocator keep freed blocks of up to 32 MiB for the next allocation.</summary>
    /// <returns>False where the C library has no such setting.</returns>
    internal static bool KeepFreedBlocks()
    {
        if (!OperatingSystem.IsLinux())
        {
            return false;
        }

        try
        {
            return mallopt(MmapThreshold, LargestMmapThreshold) != 0 & mallopt(TrimThreshold, int.MaxValue) != 0 & mallopt(TopPad, KeptFree) != 0;
        }
        catch (EntryPointNotFoundException)
        {
            // Another C library than glibc.
            return false;
        }
    }

    /// <summary>Gives freed blocks back to the system.</summary>
    internal static void ReleaseFreedBlocks()
    {
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        try
        {
            _ = malloc_trim(0);
        }
        catch (EntryPointNotFoundException)
        {
            // Another C library than glibc, which keeps nothing on our behalf.
        }
    }

    [LibraryImport("libc")]
    private static partial int mallopt(int parameter, int value);

    [LibraryImport("libc")]
    private static partial int malloc_trim(nuint pad);
}
