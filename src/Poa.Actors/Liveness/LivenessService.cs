using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Runtime.Services;

namespace Poa.Actors;

/// <summary>The answer of this silo.</summary>
internal sealed class LivenessService(GrainId id, Silo silo, ILoggerFactory loggers, IOptions<PoaActorsOptions> options)
    : GrainService(id, silo, loggers), ILivenessService
{
    /// <inheritdoc/>
    public Task<int?> GetPortAsync() => Task.FromResult(options.Value.LivenessPort);
}

/// <summary>Asks other silos.</summary>
internal sealed class LivenessServiceClient(IServiceProvider services) : GrainServiceClient<ILivenessService>(services)
{
    /// <summary>The port of a silo's <see cref="LivenessListener"/>; null for a silo that nobody watches.</summary>
    /// <exception cref="Exception">It does not answer.</exception>
    public Task<int?> GetPortAsync(SiloAddress silo) => GetGrainService(silo).GetPortAsync();
}
