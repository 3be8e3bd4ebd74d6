using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Poa.EndToEnd.Tests.Processes;

namespace Poa.EndToEnd.Tests.Telemetry;

/// <summary>A collector on 127.0.0.1 that takes OTLP over HTTP (https://opentelemetry.io/docs/specs/otlp) and keeps what it is sent.</summary>
public sealed class OtlpReceiver : IAsyncDisposable
{
    private readonly WebApplication app;
    private readonly ConcurrentDictionary<string, ReceivedPoint> points = new();
    private readonly ConcurrentQueue<ReceivedSpan> spans = new();

    private OtlpReceiver()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrel().UseUrls("http://127.0.0.1:0");
        builder.Services.AddRouting();
        app = builder.Build();
        app.UseRouting();
        app.MapPost("/v1/metrics", async (HttpRequest request) =>
        {
            foreach (var point in ReceivedPoint.In(await BodyAsync(request)))
            {
                points[$"{point.Service} {point.Instance} {point.Metric} {string.Join(' ', point.Tags.OrderBy(tag => tag.Key, StringComparer.Ordinal))}"] = point; // sums are cumulative
            }
        });
        app.MapPost("/v1/traces", async (HttpRequest request) =>
        {
            foreach (var span in ReceivedSpan.In(await BodyAsync(request)))
            {
                spans.Enqueue(span);
            }
        });
    }

    public string Endpoint => app.Urls.Single();

    public IReadOnlyList<ReceivedSpan> Spans => [.. spans];

    public static async Task<OtlpReceiver> StartAsync()
    {
        var receiver = new OtlpReceiver();
        await receiver.app.StartAsync();
        return receiver;
    }

    /// <summary>Waits for points of a metric that fit, and gives them.</summary>
    public async Task<IReadOnlyList<ReceivedPoint>> PointsAsync(string service, string metric, Func<IReadOnlyList<ReceivedPoint>, bool> fit)
    {
        IReadOnlyList<ReceivedPoint> found = [];
        try
        {
            await Until.TrueAsync(metric, () =>
            {
                found = [.. points.Values.Where(point => point.Service == service && point.Metric == metric)];
                return Task.FromResult(found.Count > 0 && fit(found));
            }, every: TimeSpan.FromMilliseconds(50));
        }
        catch (TimeoutException)
        {
            throw new TimeoutException($"{metric} of {service} did not come as expected. What came:\n{string.Join('\n', points.Values.Select(point => point.ToString()).Order())}");
        }

        return found;
    }

    public ValueTask DisposeAsync() => app.DisposeAsync();

    private static async Task<byte[]> BodyAsync(HttpRequest request)
    {
        using var content = new MemoryStream();
        await request.Body.CopyToAsync(content);
        return content.ToArray();
    }
}
