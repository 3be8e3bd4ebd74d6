using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;
using Poa.Actors.Abstractions;

namespace Poa.Telemetry;

/// <summary>
/// Exports traces and metrics of this process to an OpenTelemetry collector, where <c>OTEL_*</c> variables say so; see
/// docs/cluster.md. One for each process: it hears every source in it, of this project, of Orleans, of ASP.NET Core and of Npgsql.
/// </summary>
public sealed class TelemetryExport : IDisposable
{
    // A collector that does not answer is not to hold up a stop for long.
    private const int LastExportMilliseconds = 3000;

    private static readonly string[] Sources = ["Poa.*", "Microsoft.Orleans.*", "Microsoft.AspNetCore", "Npgsql"];
    private static readonly string[] Meters =
    [
        "Poa.*", "Microsoft.Orleans", "Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel", "Npgsql", "System.Runtime",
    ];

    private readonly ExportSettings settings;
    private readonly TracerProvider? traces;
    private readonly MeterProvider? metrics;

    private TelemetryExport(ExportSettings settings, ResourceBuilder resource)
    {
        this.settings = settings;
        traces = settings.Traces is { } toTraces ? Sdk.CreateTracerProviderBuilder().SetResourceBuilder(resource).AddSource(Sources).AddOtlpExporter(toTraces.Apply).Build() : null;
        metrics = settings.Metrics is { } toMetrics ? Sdk.CreateMeterProviderBuilder().SetResourceBuilder(resource).AddMeter(Meters).AddOtlpExporter(toMetrics.Apply).Build() : null;
    }

    /// <summary>Starts to export; does nothing where no endpoint is set.</summary>
    /// <param name="service">What this process is, such as <c>poa-worker</c>; <c>OTEL_SERVICE_NAME</c> goes before it.</param>
    /// <param name="instance">Which one it is, such as the name of the silo.</param>
    /// <exception cref="PoaException">A variable cannot be used.</exception>
    public static TelemetryExport Start(string service, string instance)
    {
        var settings = ExportSettings.Read(Environment.GetEnvironmentVariable);
        // What the environment says comes last and counts.
        var resource = ResourceBuilder.CreateEmpty()
            .AddService(service, serviceNamespace: "poa", SoftwareVersion.Text, autoGenerateServiceInstanceId: false, instance)
            .AddTelemetrySdk()
            .AddEnvironmentVariableDetector();
        return new TelemetryExport(settings, resource);
    }

    /// <summary>What goes where, for people; null if nothing is exported.</summary>
    public string? Description => settings.Description;

    /// <summary>Exports what is left, for some seconds at most, and ends.</summary>
    public void Dispose()
    {
        // Side by side: a collector that is gone is waited for once.
        Parallel.Invoke(
            () => traces?.Shutdown(LastExportMilliseconds),
            () => metrics?.Shutdown(LastExportMilliseconds));
        traces?.Dispose();
        metrics?.Dispose();
    }
}
