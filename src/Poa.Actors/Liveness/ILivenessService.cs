using Orleans.Services;

namespace Poa.Actors;

/// <summary>
/// Says where a silo's <see cref="LivenessListener"/> is. Asked of the silo itself: its metadata would say so too, but Orleans does not look for
/// these again for many seconds where a silo did not answer the first time, as one that is just starting.
/// </summary>
[Alias("poa.ILivenessService")]
internal interface ILivenessService : IGrainService
{
    /// <summary>Its port; null for a silo that nobody watches.</summary>
    [Alias("GetPort")]
    Task<int?> GetPortAsync();
}
