namespace Poa.Actors.Abstractions;

/// <summary>
/// Looks at data on the machine of this process, beside whatever the devices do. Registered in the services of a worker silo and
/// used by the worker shard grains; it must never block the caller.
/// </summary>
public interface IDataInspector
{
    /// <summary>Counts the images of a data specification and decodes a bounded sample of them, within seconds.</summary>
    /// <param name="data">Data specification as a user writes it.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="PoaException">The specification, or what it names, cannot be used; the error says what to do.</exception>
    Task<DataInspection> InspectAsync(string data, CancellationToken cancellationToken = default);
}
