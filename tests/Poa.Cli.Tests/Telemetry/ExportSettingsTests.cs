using OpenTelemetry.Exporter;
using Poa.Actors.Abstractions;
using Poa.Telemetry;
using Xunit;

namespace Poa.Cli.Tests.Telemetry;

public sealed class ExportSettingsTests
{
    private const string Collector = "http://collector:4317";

    public static TheoryData<string, string?, string?> Cases => new()
    {
        { "", null, null },
        { $"OTEL_EXPORTER_OTLP_ENDPOINT={Collector}", Collector, Collector },
        { $"OTEL_EXPORTER_OTLP_ENDPOINT={Collector} OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf", Collector, Collector },
        { $"OTEL_EXPORTER_OTLP_ENDPOINT={Collector} OTEL_SDK_DISABLED=true", null, null },
        { $"OTEL_EXPORTER_OTLP_ENDPOINT={Collector} OTEL_TRACES_EXPORTER=none", null, Collector },
        { $"OTEL_EXPORTER_OTLP_ENDPOINT={Collector} OTEL_METRICS_EXPORTER=none OTEL_TRACES_EXPORTER=otlp", Collector, null },
        { $"OTEL_EXPORTER_OTLP_METRICS_ENDPOINT={Collector}/v1/metrics", null, $"{Collector}/v1/metrics" },
        { $"OTEL_EXPORTER_OTLP_ENDPOINT={Collector} OTEL_EXPORTER_OTLP_TRACES_ENDPOINT=https://other/v1/traces", "https://other/v1/traces", Collector },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void Read_ByTheSpecification_SaysWhatGoesWhere(string environment, string? traces, string? metrics)
    {
        var settings = Read(environment);
        Assert.Equal((Uri(traces), Uri(metrics)), (settings.Traces?.To, settings.Metrics?.To));

        static Uri? Uri(string? text) => text is null ? null : new Uri(text);
    }

    [Theory]
    [InlineData("OTEL_EXPORTER_OTLP_ENDPOINT", "collector:4317")]
    [InlineData("OTEL_EXPORTER_OTLP_METRICS_ENDPOINT", "ftp://collector")]
    [InlineData("OTEL_EXPORTER_OTLP_PROTOCOL", "http/json")]
    [InlineData("OTEL_METRICS_EXPORTER", "prometheus")]
    public void Read_AnythingElse_RefusedWithVariableAndValue(string variable, string value)
    {
        var e = Assert.Throws<PoaException>(() => Read($"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT={Collector} {variable}={value}"));
        Assert.Contains(variable, e.Message, StringComparison.Ordinal);
        Assert.Contains(value, e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_OfOneSignal_GoesBeforeThatOfBoth()
    {
        var settings = Read($"OTEL_EXPORTER_OTLP_ENDPOINT={Collector} OTEL_EXPORTER_OTLP_METRICS_ENDPOINT=https://other/v1/metrics OTEL_EXPORTER_OTLP_METRICS_PROTOCOL=http/protobuf");
        Assert.Equal(new ExportTarget(new Uri(Collector), IsOwn: false, Protocol: null), settings.Traces);
        Assert.Equal(new ExportTarget(new Uri("https://other/v1/metrics"), IsOwn: true, OtlpExportProtocol.HttpProtobuf), settings.Metrics);
        Assert.Equal($"traces to {Collector}, metrics to https://other", settings.Description);
    }

    [Fact]
    public void Description_EndpointWithUserAndPath_KeepsThemToItself() => Assert.Equal(
        "traces and metrics to http://collector:4318", Read("OTEL_EXPORTER_OTLP_ENDPOINT=http://me:secret@collector:4318/key/of/mine").Description);

    private static ExportSettings Read(string environment)
    {
        var variables = environment.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(pair => pair.Split('=', 2)).ToDictionary(pair => pair[0], pair => pair[1]);
        return ExportSettings.Read(variables.GetValueOrDefault);
    }
}
