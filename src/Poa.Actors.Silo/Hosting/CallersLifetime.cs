using Microsoft.Extensions.Hosting;

namespace Poa.Actors.Silo;

/// <summary>A host that begins and ends with its caller. Signals are for the process to take: a host that took them too would stop beside it.</summary>
internal sealed class CallersLifetime : IHostLifetime
{
    /// <inheritdoc/>
    public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
