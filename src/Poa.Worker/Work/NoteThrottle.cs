using System.Globalization;
using System.Numerics;
using Poa.Training.Session;

namespace Poa.Worker.Work;

/// <summary>
/// Keeps a run's history readable where the same thing happens thousands of times (a diverged run whose every step is skipped): of each
/// kind the first few events become notes, then every time their number has doubled.
/// </summary>
internal sealed class NoteThrottle
{
    private const int First = 4;

    private readonly Dictionary<SessionEventKind, int> seen = [];

    /// <summary>The note that an event becomes; null if it becomes none.</summary>
    public string? Pass(SessionEventKind kind, string message)
    {
        var count = seen[kind] = seen.GetValueOrDefault(kind) + 1;
        return count <= First ? message
            : !BitOperations.IsPow2(count) ? null
            : string.Create(CultureInfo.InvariantCulture, $"{message} This was the {count}th time; the log of the worker has the newest of the others.");
    }
}
