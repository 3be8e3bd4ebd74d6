namespace Poa.Actors.Client;

public sealed partial class RunsClient
{
    /// <summary>The logs that workers wrote for a run, newest lease first; also those of workers that died.</summary>
    /// <param name="run">Run id.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    public Task<IReadOnlyList<WorkLog>> LogsAsync(string run, CancellationToken cancellationToken = default) =>
        throw new NotImplementedException();

    /// <summary>The newest lines of a log. They hold no control characters but line feeds.</summary>
    /// <param name="run">Run id.</param>
    /// <param name="name">Its name, as in <see cref="WorkLog.Name"/>.</param>
    /// <param name="maxBytes">Most bytes of text (UTF-8) to return, above 0; whole lines only.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <exception cref="PoaException">The name is not one of a log, or there is no such log.</exception>
    public Task<string> LogTailAsync(string run, string name, int maxBytes = 65536, CancellationToken cancellationToken = default) =>
        throw new NotImplementedException();
}
