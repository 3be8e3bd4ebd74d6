namespace Poa.Actors.Dashboard.Security.SignIn;

/// <summary>
/// Makes guessing slow: after <see cref="FreeByName"/> wrong passwords for a name, or <see cref="FreeByAddress"/> from an address, each
/// further one doubles the wait before the next try counts, up to <see cref="MaxWait"/>. Kept in memory, for a bounded number of both.
/// </summary>
/// <param name="time">The clock.</param>
internal sealed class SignInThrottle(TimeProvider time)
{
    /// <summary>Wrong passwords for one name without a wait.</summary>
    public const int FreeByName = 5;

    /// <summary>Wrong passwords from one address without a wait; several people may share it.</summary>
    public const int FreeByAddress = 20;

    private const int MaxEntries = 10_000;
    private static readonly TimeSpan FirstWait = TimeSpan.FromSeconds(2);

    /// <summary>The longest wait; without wrong tries for as long, all is forgotten.</summary>
    public static readonly TimeSpan MaxWait = TimeSpan.FromMinutes(5);

    private readonly Dictionary<string, (int Failures, DateTimeOffset Last)> entries = [];
    private readonly Lock gate = new();

    /// <summary>How long to wait before a try counts; zero if it counts now.</summary>
    public TimeSpan WaitFor(string name, string address)
    {
        lock (gate)
        {
            var now = time.GetUtcNow();
            return Keys(name, address).Max(key => entries.TryGetValue(key.Key, out var entry) ? Remaining(entry, key.Free, now) : TimeSpan.Zero);
        }
    }

    /// <summary>Notes a wrong password.</summary>
    public void Failed(string name, string address)
    {
        lock (gate)
        {
            var now = time.GetUtcNow();
            foreach (var (key, _) in Keys(name, address))
            {
                var known = entries.TryGetValue(key, out var entry) && now - entry.Last < MaxWait * 2 ? entry.Failures : 0;
                entries[key] = (known + 1, now);
            }

            while (entries.Count > MaxEntries)
            {
                entries.Remove(entries.MinBy(entry => entry.Value.Last).Key);
            }
        }
    }

    /// <summary>Takes the last note back and forgets the wrong passwords of the name: the right one was given.</summary>
    public void Succeeded(string name, string address)
    {
        lock (gate)
        {
            entries.Remove(NameKey(name));
            if (entries.TryGetValue(AddressKey(address), out var entry))
            {
                entries[AddressKey(address)] = entry with { Failures = entry.Failures - 1 };
            }
        }
    }

    private static TimeSpan Remaining((int Failures, DateTimeOffset Last) entry, int free, DateTimeOffset now)
    {
        if (entry.Failures < free)
        {
            return TimeSpan.Zero;
        }

        var wait = TimeSpan.FromTicks(Math.Min(MaxWait.Ticks, FirstWait.Ticks << Math.Min(entry.Failures - free, 20)));
        var remaining = entry.Last + wait - now;
        return remaining > TimeSpan.Zero ? remaining : TimeSpan.Zero;
    }

    private static (string Key, int Free)[] Keys(string name, string address) => [(NameKey(name), FreeByName), (AddressKey(address), FreeByAddress)];

    private static string AddressKey(string address) => $"from {address}";

    private static string NameKey(string name) => $"name {name.Trim().ToLowerInvariant()}";
}
