using System.Runtime.CompilerServices;

namespace Poa.Actors.Tests;

/// <summary>Waits for conditions that no event announces; a time-out says what was waited for.</summary>
public static class Wait
{
    public static TimeSpan Limit { get; } = TimeSpan.FromSeconds(60);

    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(20);

    public static async Task<T> ForAsync<T>(
        Func<Task<T>> read, Func<T, bool> holds, [CallerArgumentExpression(nameof(holds))] string what = "")
    {
        var start = TimeProvider.System.GetTimestamp();
        while (true)
        {
            var value = await read();
            if (holds(value))
            {
                return value;
            }

            if (TimeProvider.System.GetElapsedTime(start) > Limit)
            {
                throw new TimeoutException($"Waited {Limit} for {what}; last seen: {value}");
            }

            await Task.Delay(Look);
        }
    }
}
