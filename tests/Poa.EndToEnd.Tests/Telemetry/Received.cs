using System.Globalization;

namespace Poa.EndToEnd.Tests.Telemetry;

/// <summary>A point of a metric as it arrived. The value of a histogram is the number of measurements, <paramref name="Sum"/> what they sum to.</summary>
public sealed record ReceivedPoint(string Service, string Instance, string Scope, string Metric, string Unit, IReadOnlyDictionary<string, string> Tags, double Value, double Sum)
{
    /// <summary>All points of an export request of metrics (opentelemetry-proto, metrics/v1/metrics.proto).</summary>
    public static IEnumerable<ReceivedPoint> In(byte[] request) =>
        from resource in WireMessage.Parse(request).Messages(1)
        let own = Attributes.In(resource.Messages(1).Single(), 1)
        from scope in resource.Messages(2)
        from metric in scope.Messages(2)
        from point in Points(metric)
        select new ReceivedPoint(
            own["service.name"], own["service.instance.id"], scope.Messages(1).Single().Text(1), metric.Text(1), metric.Text(3), point.Tags, point.Value, point.Sum);

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture, $"{Service}/{Instance} {Scope} {Metric} [{Unit}] {{{string.Join(", ", Tags.Select(tag => $"{tag.Key}={tag.Value}"))}}} {Value} (sum {Sum})");

    private static IEnumerable<(IReadOnlyDictionary<string, string> Tags, double Value, double Sum)> Points(WireMessage metric)
    {
        const int gauge = 5, sum = 7, histogram = 9;
        foreach (var point in metric.Messages(gauge).Concat(metric.Messages(sum)).SelectMany(data => data.Messages(1)))
        {
            yield return (Attributes.In(point, 7), point.Number(4) is { } real ? BitConverter.UInt64BitsToDouble(real) : (long)(point.Number(6) ?? 0), 0);
        }

        foreach (var point in metric.Messages(histogram).SelectMany(data => data.Messages(1)))
        {
            yield return (Attributes.In(point, 9), point.Number(4) ?? 0, BitConverter.UInt64BitsToDouble(point.Number(5) ?? 0));
        }
    }
}

/// <summary>A span as it arrived (opentelemetry-proto, trace/v1/trace.proto).</summary>
public sealed record ReceivedSpan(string Service, string Scope, string Name, string Trace, IReadOnlyDictionary<string, string> Tags)
{
    public static IEnumerable<ReceivedSpan> In(byte[] request) =>
        from resource in WireMessage.Parse(request).Messages(1)
        let own = Attributes.In(resource.Messages(1).Single(), 1)
        from scope in resource.Messages(2)
        from span in scope.Messages(2)
        select new ReceivedSpan(own["service.name"], scope.Messages(1).Single().Text(1), span.Text(5), Convert.ToHexStringLower(span.Bytes(1)), Attributes.In(span, 9));
}

/// <summary>Attributes (opentelemetry-proto, common/v1/common.proto), whole numbers and texts as text.</summary>
internal static class Attributes
{
    public static IReadOnlyDictionary<string, string> In(WireMessage message, int field) => message.Messages(field)
        .ToDictionary(pair => pair.Text(1), pair => pair.Messages(2).Single() is var value && value.Number(3) is { } number ? ((long)number).ToString(CultureInfo.InvariantCulture) : value.Text(1));
}
