using System.Text;
using Google.Protobuf;

namespace Poa.EndToEnd.Tests.Telemetry;

/// <summary>A message in protobuf's wire format, read without its schema: fields by number (https://protobuf.dev/programming-guides/encoding).</summary>
public sealed class WireMessage
{
    private readonly List<(int Field, ulong Number, byte[] Bytes)> fields = [];

    public static WireMessage Parse(byte[] content)
    {
        var message = new WireMessage();
        using var input = new CodedInputStream(content);
        for (uint tag; (tag = input.ReadTag()) != 0;)
        {
            var field = WireFormat.GetTagFieldNumber(tag);
            message.fields.Add(WireFormat.GetTagWireType(tag) switch
            {
                WireFormat.WireType.Varint => (field, input.ReadUInt64(), []),
                WireFormat.WireType.Fixed64 => (field, input.ReadFixed64(), []),
                WireFormat.WireType.Fixed32 => (field, input.ReadFixed32(), []),
                WireFormat.WireType.LengthDelimited => (field, 0, input.ReadBytes().ToByteArray()),
                var other => throw new InvalidDataException($"Field {field} has wire type {other}."),
            });
        }

        return message;
    }

    /// <summary>Messages under a field; none if it is not there.</summary>
    public IEnumerable<WireMessage> Messages(int field) => fields.Where(f => f.Field == field).Select(f => Parse(f.Bytes));

    public string Text(int field) => Encoding.UTF8.GetString(Bytes(field));

    public byte[] Bytes(int field) => fields.FirstOrDefault(f => f.Field == field).Bytes ?? [];

    /// <summary>The number under a field as it stands on the wire; null if it is not there.</summary>
    public ulong? Number(int field) => fields.Any(f => f.Field == field) ? fields.First(f => f.Field == field).Number : null;
}
