using System.Diagnostics;

namespace Poa.Storage.Tests;

/// <summary>
/// Full and read-only disks, for real: a child process gets a small tmpfs in a mount namespace of its own. Where the machine allows
/// no namespaces, a limit on file size stands for the full disk and /sys for the one that nobody can write to.
/// </summary>
public sealed class LocalBlobStoreDiskTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Upload_DiskFull_SaysSoAndLeavesNothing()
    {
        // At the limit the signal would end the child before it sees the error, and the runtime's own code file would count: trap and variable.
        var (code, fault, message, left) = await RunAsync(
            $"mount -t tmpfs -o size=1m none '{folder.Path}' && \"$@\"; code=$?; find '{folder.Path}' -type f; exit $code",
            $"trap '' XFSZ; ulimit -f 4096; DOTNET_EnableWriteXorExecute=0 \"$@\"; code=$?; find '{folder.Path}' -type f; exit $code",
            "upload", folder.Path, "16000000");

        Assert.Equal((3, "Full"), (code, fault));
        Assert.StartsWith($"The disk under {folder.Path} is full", message);
        Assert.Contains("Free some space", message);
        Assert.DoesNotContain(left, file => !file.EndsWith("/.lock", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Upload_DiskReadOnly_SaysSo()
    {
        // In /sys nobody can make files, not even root.
        var (code, fault, message, _) = await NamespacesWorkAsync()
            ? await RunAsync($"mount -t tmpfs -o ro none '{folder.Path}' && \"$@\"", "", "upload", folder.Path, "10")
            : await RunAsync("", "\"$@\"", "upload", "/sys/kernel", "10");

        Assert.Equal(3, code);
        Assert.Contains(fault, new[] { "ReadOnly", "AccessDenied" });
        Assert.Contains(await NamespacesWorkAsync() ? $"{folder.Path} is on a read-only file system" : "/sys/kernel", message);
        Assert.Contains("choose another data folder", message);
    }

    [Fact]
    public void Open_FolderThatCannotBeMade_SaysSo()
    {
        var e = Assert.Throws<StorageException>(() => new LocalBlobStore("/sys/kernel/poa"));
        Assert.Contains(e.Fault, new[] { StorageFault.ReadOnly, StorageFault.AccessDenied });
        Assert.Contains("/sys/kernel/poa", e.Message);
        Assert.Contains("choose another data folder", e.Message);
    }

    private async Task<(int Code, string Fault, string Message, string[] Left)> RunAsync(string inNamespace, string otherwise, params string[] arguments)
    {
        var token = TestContext.Current.CancellationToken;
        var shell = await NamespacesWorkAsync() ? $"exec unshare {Flags} sh -c '{inNamespace.Replace("'", "'\\''")}' sh \"$@\"" : otherwise;
        using var child = ChildProgram.Start(shell, arguments);
        var errors = child.StandardError.ReadToEndAsync(token);
        var lines = (await child.StandardOutput.ReadToEndAsync(token)).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        await child.WaitForExitAsync(token);
        Assert.True(lines.Length >= 2, $"The child ended with {child.ExitCode} and said: {string.Join('\n', lines)} {await errors}");
        return (child.ExitCode, lines[0], lines[1], lines[2..]);
    }

    private static string Flags => Environment.UserName == "root" ? "-m" : "-rm";

    private async Task<bool> NamespacesWorkAsync()
    {
        using var probe = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", $"unshare {Flags} mount -t tmpfs none '{folder.Path}'"]) { RedirectStandardError = true })!;
        await probe.WaitForExitAsync(TestContext.Current.CancellationToken);
        return probe.ExitCode == 0;
    }
}
