using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Poa.Training.Exchange.Tcp;

/// <summary>What a member says when it connects to another: who it is, whom it looks for and to what it belongs.</summary>
internal sealed record Greeting(string Run, long Generation, string Token, int Rank, int To, int World)
{
    public static Greeting Of(ShardFormation formation, int to) =>
        new(formation.Run, formation.Generation, formation.Token, formation.Rank, to, formation.Members.Count);

    /// <summary>Why a formation does not take the sender in, or null if it does. Never tells the token.</summary>
    public string? FaultAgainst(ShardFormation formation) => this switch
    {
        _ when Generation < formation.Generation => $"its formation is generation {formation.Generation}; generation {Generation} is stale and must not go on",
        _ when !CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(Token), Encoding.UTF8.GetBytes(formation.Token)) => "the token is not that of the formation",
        _ when World != formation.Members.Count => $"its formation has {formation.Members.Count} members, not {World}",
        _ when Rank <= formation.Rank || Rank >= World => $"member {Rank} has no business at member {formation.Rank}",
        _ => null,
    };
}

/// <summary>The answer: no fault is a welcome.</summary>
internal sealed record Welcome(string? Fault);

/// <summary>Greetings and welcomes on the wire: four bytes that tell the protocol and its version, the length, JSON.</summary>
internal static class GreetingWire
{
    /// <summary>More than a greeting can need.</summary>
    private const int MaxLength = 4096;

    private const int HeaderLength = 8;

    private static readonly byte[] Protocol = "POA1"u8.ToArray();

    public static async Task WriteAsync<T>(Stream stream, T content, CancellationToken cancellationToken)
    {
        var json = JsonSerializer.SerializeToUtf8Bytes(content, JsonSerializerOptions.Web);
        var bytes = new byte[HeaderLength + json.Length];
        Protocol.CopyTo(bytes.AsSpan());
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(Protocol.Length), json.Length);
        json.CopyTo(bytes, HeaderLength);
        await stream.WriteAsync(bytes, cancellationToken).ConfigureAwait(false);
    }

    /// <exception cref="InvalidDataException">The other side does not speak this protocol, or hung up.</exception>
    public static async Task<T> ReadAsync<T>(Stream stream, CancellationToken cancellationToken)
        where T : class
    {
        var header = await ReadAsync(stream, HeaderLength, cancellationToken).ConfigureAwait(false);
        var length = BinaryPrimitives.ReadInt32LittleEndian(header.AsSpan(Protocol.Length));
        if (!header.AsSpan(0, Protocol.Length).SequenceEqual(Protocol) || length is < 0 or > MaxLength)
        {
            throw new InvalidDataException("the other side does not speak the protocol of this version");
        }

        try
        {
            var json = await ReadAsync(stream, length, cancellationToken).ConfigureAwait(false);
            return JsonSerializer.Deserialize<T>(json, JsonSerializerOptions.Web) ?? throw new InvalidDataException("the other side sent null");
        }
        catch (JsonException error)
        {
            throw new InvalidDataException($"the other side's greeting cannot be read ({error.Message})", error);
        }
    }

    private static async Task<byte[]> ReadAsync(Stream stream, int length, CancellationToken cancellationToken)
    {
        var bytes = new byte[length];
        for (var read = 0; read < length;)
        {
            var count = await stream.ReadAsync(bytes.AsMemory(read), cancellationToken).ConfigureAwait(false);
            read += count > 0 ? count : throw new InvalidDataException("the other side hung up");
        }

        return bytes;
    }
}
