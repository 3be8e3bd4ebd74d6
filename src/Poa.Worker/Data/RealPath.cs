namespace Poa.Worker.Data;

/// <summary>Paths with all symbolic links resolved.</summary>
internal static class RealPath
{
    /// <summary>As many as Linux follows.</summary>
    private const int MaxLinks = 40;

    /// <summary>
    /// The path that the system would come to, with <c>.</c> and <c>..</c> taken away first as <see cref="Path.GetFullPath(string)"/> does.
    /// What does not exist stays as it is written.
    /// </summary>
    /// <exception cref="IOException">There are too many links, as in a circle.</exception>
    /// <exception cref="UnauthorizedAccessException">A folder on the way may not be read.</exception>
    public static string Of(string path)
    {
        var pending = new Stack<string>(Parts(Path.GetFullPath(path)));
        var real = "/";
        for (var links = 0; pending.TryPop(out var part);)
        {
            if (part == "..")
            {
                // Of a link's target: only what is resolved already may be gone back in.
                real = Path.GetDirectoryName(real) ?? "/";
                continue;
            }

            var next = Path.Combine(real, part);
            if (new FileInfo(next).LinkTarget is not { } target)
            {
                real = next;
                continue;
            }

            if (++links > MaxLinks)
            {
                throw new IOException($"{path} has more than {MaxLinks} symbolic links in it.");
            }

            real = Path.IsPathRooted(target) ? "/" : real;
            foreach (var step in Parts(target))
            {
                pending.Push(step);
            }
        }

        return real;
    }

    /// <summary>Whether a resolved path is a resolved folder or lies in it.</summary>
    public static bool IsWithin(string real, string folder) =>
        real == folder || real.StartsWith(folder.EndsWith('/') ? folder : folder + "/", StringComparison.Ordinal);

    /// <summary>The parts of a path, the last first.</summary>
    private static IEnumerable<string> Parts(string path) => path.Split('/', StringSplitOptions.RemoveEmptyEntries).Where(part => part != ".").Reverse();
}
