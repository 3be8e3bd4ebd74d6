using System.Diagnostics;

namespace Poa.Storage.Tests;

/// <summary>What a test has done in a process of its own, because the process is to be killed or to live under other limits.</summary>
internal static class ChildProgram
{
    /// <summary>Bytes of each blob that <c>overwrite</c> writes.</summary>
    public const int BlobSize = 3 << 20;

    /// <returns>0; 3 where a <see cref="StorageException"/> came, whose fault and message are then printed.</returns>
    public static async Task<int> RunAsync(string task, string[] args)
    {
        try
        {
            switch (task)
            {
                case "overwrite": // For ever: each time another byte value, all bytes alike.
                    var store = new LocalBlobStore(args[0]);
                    for (byte value = 1; ; value++)
                    {
                        var content = new byte[BlobSize];
                        content.AsSpan().Fill(value);
                        await store.UploadAsync("a/blob", new MemoryStream(content), BlobWriteCondition.Overwrite);
                        Console.WriteLine(value);
                    }

                case "upload": // folder, bytes
                    await new LocalBlobStore(args[0]).UploadAsync("big/blob", new MemoryStream(new byte[int.Parse(args[1])]), BlobWriteCondition.Overwrite);
                    return 0;
                default:
                    throw new UnreachableException(task);
            }
        }
        catch (StorageException e)
        {
            Console.WriteLine(e.Fault);
            Console.WriteLine(e.Message);
            return 3;
        }
    }

    /// <summary>Starts this program as a child, perhaps through a shell that arranges its surroundings first.</summary>
    /// <param name="shell">Script in which <c>"$@"</c> stands for the program; null for none.</param>
    /// <param name="arguments">Task and its arguments.</param>
    public static Process Start(string? shell, params string[] arguments)
    {
        var program = Path.ChangeExtension(typeof(ChildProgram).Assembly.Location, null);
        string[] command = [program, "--child", .. arguments];
        var start = new ProcessStartInfo(shell is null ? program : "/bin/sh") { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var part in shell is null ? command[1..] : ["-c", shell, "sh", .. command])
        {
            start.ArgumentList.Add(part);
        }

        return Process.Start(start)!;
    }
}
