using System;
using System.IO;
using System.Linq;
using System.Text;
using Microsoft.Build.Framework;
using Microsoft.Build.Utilities;

/// <summary>
/// Copies an ELF64 shared object and marks its requirement on symbol version GLIBCXX_3.4.32 as weak
/// (VER_FLG_WEAK in vna_flags of the section .gnu.version_r). The destination is replaced in one step, and only if
/// its bytes would change.
/// </summary>
public sealed class CopyWithWeakGlibcxx : Task
{
    private const string Version = "GLIBCXX_3.4.32";
    private const uint SectionVersionNeeds = 0x6ffffffe;
    private const ushort Weak = 2;

    [Required]
    public string Source { get; set; }

    [Required]
    public string Destination { get; set; }

    public override bool Execute()
    {
        var bytes = File.ReadAllBytes(Source);
        MarkWeak(bytes);
        if (File.Exists(Destination) && new FileInfo(Destination).Length == bytes.Length
            && File.ReadAllBytes(Destination).SequenceEqual(bytes))
        {
            return true;
        }

        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(Destination)));
        var temporary = Destination + "." + Guid.NewGuid().ToString("N") + ".tmp";
        File.WriteAllBytes(temporary, bytes);
        // Delete, then move: the destination may be a hard link into the package folder, which must stay as it is.
        File.Delete(Destination);
        File.Move(temporary, Destination);
        Log.LogMessage(MessageImportance.Low, "Copied {0} with {1} weak", Destination, Version);
        return true;
    }

    private static void MarkWeak(byte[] elf)
    {
        if (elf.Length < 64 || elf[0] != 0x7f || elf[1] != 'E' || elf[4] != 2)
        {
            return; // not ELF64: nothing to do
        }

        var sections = (long)BitConverter.ToUInt64(elf, 0x28);
        int size = BitConverter.ToUInt16(elf, 0x3a), count = BitConverter.ToUInt16(elf, 0x3c);
        for (var i = 0; i < count; i++)
        {
            var header = (int)sections + (i * size);
            if (BitConverter.ToUInt32(elf, header + 4) != SectionVersionNeeds)
            {
                continue;
            }

            var need = (int)BitConverter.ToUInt64(elf, header + 0x18);
            var strings = (int)BitConverter.ToUInt64(elf, (int)sections + ((int)BitConverter.ToUInt32(elf, header + 0x28) * size) + 0x18);
            while (true)
            {
                var entry = need + (int)BitConverter.ToUInt32(elf, need + 8);
                for (var left = BitConverter.ToUInt16(elf, need + 2); left > 0; left--)
                {
                    if (TextAt(elf, strings + (int)BitConverter.ToUInt32(elf, entry + 8)) == Version)
                    {
                        elf[entry + 4] |= (byte)Weak;
                    }

                    entry += (int)BitConverter.ToUInt32(elf, entry + 12);
                }

                var next = BitConverter.ToUInt32(elf, need + 12);
                if (next == 0)
                {
                    break;
                }

                need += (int)next;
            }
        }
    }

    private static string TextAt(byte[] bytes, int start)
    {
        var end = Array.IndexOf(bytes, (byte)0, start);
        return Encoding.ASCII.GetString(bytes, start, end - start);
    }
}
