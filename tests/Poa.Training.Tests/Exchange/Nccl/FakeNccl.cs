using System.Diagnostics;
using System.Reflection;
using System.Runtime.InteropServices;
using Poa.Training.Exchange.Nccl;
using Xunit;

namespace Poa.Training.Tests.Exchange.Nccl;

/// <summary>
/// Has calls of NCCL go to <c>fake_nccl.c</c>, compiled by the C compiler of this machine: that the declarations here are those of a C library
/// is tested without cards, whether or not NCCL is there. What was said before where the library is missing is kept.
/// </summary>
public sealed class FakeNccl : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("poa-nccl-").FullName;

    public FakeNccl()
    {
        IsInstalled = NativeLibrary.TryLoad(NcclLibrary.Name, out _);
        if (!IsInstalled)
        {
            Missing = Record.Exception(() => NcclLibrary.RequireVersion());
        }

        if (Compile() is { } library)
        {
            NativeLibrary.SetDllImportResolver(typeof(NcclLibrary).Assembly, (name, _, _) => name == NcclLibrary.Name ? library : 0);
            IsUsed = true;
        }
    }

    /// <summary>NCCL itself is there; calls do not reach it.</summary>
    public bool IsInstalled { get; }

    /// <summary>Calls go to the stand-in.</summary>
    public bool IsUsed { get; }

    /// <summary>What was thrown without the library.</summary>
    public Exception? Missing { get; }

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private nint? Compile()
    {
        var library = Path.Combine(folder, "libfakenccl.so");
        var source = Path.Combine(folder, "fake_nccl.c");
        using (var content = Assembly.GetExecutingAssembly().GetManifestResourceStream("fake_nccl.c")!)
        using (var file = File.Create(source))
        {
            content.CopyTo(file);
        }

        try
        {
            using var compiler = Process.Start("cc", ["-shared", "-fPIC", "-O1", "-Wall", "-Werror", "-pthread", "-o", library, source]);
            compiler.WaitForExit();
            return compiler.ExitCode == 0 ? NativeLibrary.Load(library) : throw new InvalidOperationException("fake_nccl.c does not compile.");
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return null; // no compiler
        }
    }
}
