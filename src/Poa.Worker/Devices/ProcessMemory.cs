using System.Globalization;

namespace Poa.Worker.Devices;

/// <summary>Most memory that this process held at once, as Linux counts it.</summary>
internal static class ProcessMemory
{
    private const string PeakLine = "VmHWM:";

    /// <summary>Begins to count anew.</summary>
    /// <returns>False where the system does not allow it: the peak is then that of the whole life of the process.</returns>
    public static bool ResetPeak()
    {
        try
        {
            // proc(5): 5 resets the peak resident set size.
            File.WriteAllText("/proc/self/clear_refs", "5");
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    /// <summary>Peak resident memory in bytes; null where it cannot be read.</summary>
    public static long? Peak()
    {
        try
        {
            var line = File.ReadLines("/proc/self/status").FirstOrDefault(text => text.StartsWith(PeakLine, StringComparison.Ordinal));
            return line is null ? null : 1024 * long.Parse(line[PeakLine.Length..].Replace("kB", "", StringComparison.Ordinal).Trim(), CultureInfo.InvariantCulture);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or FormatException)
        {
            return null;
        }
    }
}
