using Microsoft.Extensions.Caching.Memory;

namespace Poa.Actors.Dashboard.Ui;

/// <summary>
/// Carries what a component loaded while its page was prerendered to the same component of the interactive page, within this process:
/// without it the page would show its data, drop them for a moment, and read everything twice. What is not fetched soon is forgotten.
/// </summary>
public sealed class HandOver : IDisposable
{
    private const int MaxEntries = 2000;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private readonly MemoryCache left = new(new MemoryCacheOptions { SizeLimit = MaxEntries });

    /// <summary>Leaves something to be taken once.</summary>
    /// <param name="data">What is left.</param>
    /// <returns>The token to take it with; cannot be guessed.</returns>
    public string Leave(object data)
    {
        var token = Guid.NewGuid().ToString("N");
        left.Set(token, data, new MemoryCacheEntryOptions { Size = 1, AbsoluteExpirationRelativeToNow = Patience });
        return token;
    }

    /// <summary>Takes what was left; null if it is gone.</summary>
    /// <param name="token">The token.</param>
    public object? Take(string token)
    {
        if (left.TryGetValue(token, out var data))
        {
            left.Remove(token);
        }

        return data;
    }

    /// <inheritdoc/>
    public void Dispose() => left.Dispose();
}
