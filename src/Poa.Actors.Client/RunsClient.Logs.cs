using System.Text;
using Poa.Storage;

namespace Poa.Actors.Client;

public sealed partial class RunsClient
{
    private const string LogExtension = ".log";

    /// <summary>The logs that workers wrote for a run, newest lease first; also those of workers that died.</summary>
    /// <param name="run">Run id.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    public Task<IReadOnlyList<WorkLog>> LogsAsync(string run, CancellationToken cancellationToken = default) => Calls.GuardAsync<IReadOnlyList<WorkLog>>(async () =>
    {
        var folder = BlobLayout.Logs(RunId.Validate(run));
        var logs = new List<WorkLog>();
        await foreach (var blob in (await _client.BlobsAsync(cancellationToken)).ListAsync(folder, cancellationToken))
        {
            var name = blob.Name[folder.Length..];
            if (name.EndsWith(LogExtension, StringComparison.Ordinal) && WorkLogName.TryParse(name[..^LogExtension.Length]) is { } log)
            {
                logs.Add(new WorkLog(log.ToString(), log.Shard, log.WorkId, log.FencingToken, blob.Size, blob.LastModified));
            }
        }

        logs.Reverse();
        return logs;
    });

    /// <summary>The newest lines of a log. They hold no control characters but line feeds.</summary>
    /// <param name="run">Run id.</param>
    /// <param name="name">Its name, as in <see cref="WorkLog.Name"/>.</param>
    /// <param name="maxBytes">Most bytes of text (UTF-8) to return, above 0; whole lines only.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <exception cref="PoaException">The name is not one of a log, or there is no such log.</exception>
    public Task<string> LogTailAsync(string run, string name, int maxBytes = 65536, CancellationToken cancellationToken = default) => Calls.GuardAsync(async () =>
    {
        NotBelow(maxBytes, 1, nameof(maxBytes));
        if (WorkLogName.TryParse(name) is not { } log)
        {
            throw new PoaException(ErrorCodes.InvalidArgument, $"'{name}' is not the name of a log.", "Take a name from the list of the run's logs.");
        }

        // A log is small and is replaced as a whole while it grows: what is read at one go belongs together.
        await using var stream = await (await _client.BlobsAsync(cancellationToken)).OpenReadAsync(
            BlobLayout.Log(RunId.Validate(run), log.ToString()), range: null, cancellationToken);
        using var content = new MemoryStream();
        await stream.CopyToAsync(content, cancellationToken);
        return Tail(content.GetBuffer().AsSpan(0, (int)content.Length), maxBytes);
    });

    private static string Tail(ReadOnlySpan<byte> text, int maxBytes)
    {
        if (text.Length > maxBytes)
        {
            // The byte before is looked at, too: the tail may begin with a whole line.
            text = text[^(maxBytes + 1)..];
            var end = text.IndexOf((byte)'\n');
            text = end < 0 ? [] : text[(end + 1)..];
        }

        return Encoding.UTF8.GetString(text);
    }
}
