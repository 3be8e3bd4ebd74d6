using System.Diagnostics;

namespace Poa.EndToEnd.Tests.Processes;

/// <summary>Waits for something that another process does.</summary>
public static class Until
{
    /// <param name="what">For the message of a time-out.</param>
    /// <param name="condition">Asked again and again.</param>
    /// <param name="seconds">Limit.</param>
    /// <param name="every">Pause between two questions; null asks without any, for windows of milliseconds.</param>
    public static async Task TrueAsync(string what, Func<Task<bool>> condition, double seconds = 90, TimeSpan? every = null)
    {
        var clock = Stopwatch.StartNew();
        while (!await condition())
        {
            if (clock.Elapsed.TotalSeconds > seconds)
            {
                throw new TimeoutException($"Waited {seconds} s for: {what}.");
            }

            if (every is { } pause)
            {
                await Task.Delay(pause);
            }
        }
    }
}
