namespace Poa.Actors.Abstractions;

/// <summary>Key of a worker shard: one device of one worker process, <c>worker/device</c>.</summary>
/// <param name="Worker">Id of the worker process; the silo that runs it publishes it as metadata <c>worker</c>.</param>
/// <param name="Device">Device within the process, such as <c>cpu</c> or <c>cuda:0</c>.</param>
[GenerateSerializer, Immutable, Alias("poa.ShardKey")]
public sealed record ShardKey([property: Id(0)] string Worker, [property: Id(1)] string Device)
{
    /// <summary>The key as text.</summary>
    public override string ToString() => $"{Worker}/{Device}";

    /// <summary>Reads a key.</summary>
    /// <param name="text">Worker id, slash, device.</param>
    /// <exception cref="PoaException">The text is not of that form.</exception>
    public static ShardKey Parse(string text)
    {
        var slash = text.IndexOf('/');
        return slash > 0 && slash < text.Length - 1
            ? new ShardKey(text[..slash], text[(slash + 1)..])
            : throw new PoaException(ErrorCodes.InvalidArgument, $"'{text}' is not a worker shard.", "Use worker/device, such as local/cpu.");
    }
}
