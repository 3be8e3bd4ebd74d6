using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Poa.Training.Exchange.Nccl;

/// <summary>
/// The functions of NVIDIA's collective library that are used here, as its header <c>nccl.h</c> declares them (checked against 2.30). It is not part
/// of this software, nor of the tensor library's packages for CPUs.
/// </summary>
internal static partial class NcclLibrary
{
    /// <summary>Name of the library for the system's loader.</summary>
    public const string Name = "libnccl.so.2";

    /// <summary>The first version whose calls need not block, so that they can be given up: 2.14.0, as <c>NCCL_VERSION_CODE</c> writes it.</summary>
    public const int Oldest = 21400;

    /// <summary><c>ncclFloat32</c>.</summary>
    public const int Float32 = 7;

    /// <summary>The library's version, as <c>NCCL_VERSION_CODE</c> writes it: 23005 is 2.30.5.</summary>
    /// <exception cref="NcclUnavailableException">The library is missing, or too old.</exception>
    public static int RequireVersion()
    {
        int version;
        try
        {
            Check(GetVersion(out version), "ncclGetVersion");
        }
        catch (Exception error) when (error is DllNotFoundException or EntryPointNotFoundException or BadImageFormatException)
        {
            throw new NcclUnavailableException($"The library {Name} cannot be loaded ({error.Message.ReplaceLineEndings(" ").Trim()}).", error);
        }

        return version >= Oldest
            ? version
            : throw new NcclUnavailableException($"The library {Name} is version {Describe(version)}; {Describe(Oldest)} or newer is needed.");
    }

    /// <summary>A version in words.</summary>
    public static string Describe(int version) => string.Create(CultureInfo.InvariantCulture, $"{version / 10000}.{version / 100 % 100}.{version % 100}");

    /// <exception cref="NcclException">The result is an error.</exception>
    public static void Check(NcclResult result, string call)
    {
        if (result is not (NcclResult.Success or NcclResult.InProgress))
        {
            throw new NcclException($"{call} of NCCL gives {result}: {Marshal.PtrToStringUTF8(GetErrorString(result))}.");
        }
    }

    [LibraryImport(Name, EntryPoint = "ncclGetVersion")]
    public static partial NcclResult GetVersion(out int version);

    [LibraryImport(Name, EntryPoint = "ncclGetUniqueId")]
    public static partial NcclResult GetUniqueId(out NcclUniqueId id);

    [LibraryImport(Name, EntryPoint = "ncclCommInitRankConfig")]
    public static partial NcclResult CommInitRankConfig(out nint communicator, int ranks, NcclUniqueId id, int rank, in NcclConfig config);

    [LibraryImport(Name, EntryPoint = "ncclSend")]
    public static partial NcclResult Send(nint buffer, nuint count, int type, int peer, nint communicator, nint stream);

    [LibraryImport(Name, EntryPoint = "ncclRecv")]
    public static partial NcclResult Receive(nint buffer, nuint count, int type, int peer, nint communicator, nint stream);

    [LibraryImport(Name, EntryPoint = "ncclGroupStart")]
    public static partial NcclResult GroupStart();

    [LibraryImport(Name, EntryPoint = "ncclGroupEnd")]
    public static partial NcclResult GroupEnd();

    [LibraryImport(Name, EntryPoint = "ncclCommGetAsyncError")]
    public static partial NcclResult CommGetAsyncError(nint communicator, out NcclResult state);

    [LibraryImport(Name, EntryPoint = "ncclCommAbort")]
    public static partial NcclResult CommAbort(nint communicator);

    // The text belongs to the library.
    [LibraryImport(Name, EntryPoint = "ncclGetErrorString")]
    private static partial nint GetErrorString(NcclResult result);
}

/// <summary><c>ncclResult_t</c>.</summary>
internal enum NcclResult
{
    Success = 0,
    UnhandledCudaError = 1,
    SystemError = 2,
    InternalError = 3,
    InvalidArgument = 4,
    InvalidUsage = 5,
    RemoteError = 6,
    InProgress = 7,
    Timeout = 8,
}

/// <summary><c>ncclUniqueId</c>: 128 bytes that the members of a communicator have in common. Passed by value.</summary>
internal unsafe struct NcclUniqueId
{
    /// <summary><c>NCCL_UNIQUE_ID_BYTES</c>.</summary>
    public const int Size = 128;

    private fixed byte value[Size];

    /// <summary>The bytes.</summary>
    [UnscopedRef]
    public Span<byte> Bytes => MemoryMarshal.CreateSpan(ref value[0], Size);
}

/// <summary>
/// <c>ncclConfig_t</c> as of 2.14: a later library takes as much of it as <see cref="Size"/> says, and its own defaults for what
/// <see cref="Version"/> did not have yet.
/// </summary>
[StructLayout(LayoutKind.Sequential)]
internal readonly struct NcclConfig
{
    public readonly nuint Size;
    public readonly uint Magic;
    public readonly uint Version;
    public readonly int Blocking;

    private NcclConfig(nuint size, int blocking) => (Size, Magic, Version, Blocking) = (size, 0xcafebeef, NcclLibrary.Oldest, blocking);

    /// <summary>Calls return at once with <see cref="NcclResult.InProgress"/> where they would wait for other members.</summary>
    public static NcclConfig NonBlocking { get; } = new((nuint)Unsafe.SizeOf<NcclConfig>(), blocking: 0);
}
