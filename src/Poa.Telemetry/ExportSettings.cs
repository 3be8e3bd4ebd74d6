using OpenTelemetry.Exporter;
using Poa.Actors.Abstractions;

namespace Poa.Telemetry;

/// <summary>
/// What is exported, by the variables of the OpenTelemetry specification (sdk-environment-variables, protocol exporter). Without an endpoint
/// nothing is: the specification would then try localhost, which for most users is nobody.
/// </summary>
/// <param name="Traces">Where traces go; null for nowhere.</param>
/// <param name="Metrics">Where metrics go; null for nowhere.</param>
internal sealed record ExportSettings(ExportTarget? Traces, ExportTarget? Metrics)
{
    private const string Endpoint = "OTEL_EXPORTER_OTLP_ENDPOINT";
    private const string Protocol = "OTEL_EXPORTER_OTLP_PROTOCOL";

    /// <summary>Reads the environment.</summary>
    /// <param name="environment">Reads environment variables.</param>
    /// <exception cref="PoaException">A variable cannot be used; the SDK would pass over it in silence.</exception>
    public static ExportSettings Read(Func<string, string?> environment)
    {
        if (string.Equals(environment.TextOf("OTEL_SDK_DISABLED"), "true", StringComparison.OrdinalIgnoreCase))
        {
            return new(null, null);
        }

        return new(Target(environment, "TRACES"), Target(environment, "METRICS"));
    }

    /// <summary>What goes where, for people; null if nothing is exported.</summary>
    public string? Description => (Traces?.Shown, Metrics?.Shown) switch
    {
        (null, null) => null,
        ({ } to, null) => $"traces to {to}",
        (null, { } to) => $"metrics to {to}",
        var (one, other) when one == other => $"traces and metrics to {one}",
        var (one, other) => $"traces to {one}, metrics to {other}",
    };

    private static ExportTarget? Target(Func<string, string?> environment, string signal)
    {
        var exporter = $"OTEL_{signal}_EXPORTER";
        switch (environment.TextOf(exporter))
        {
            case null or "otlp":
                break;
            case "none":
                return null;
            case var other:
                throw Wrong(exporter, other, "otlp or none");
        }

        var own = $"OTEL_EXPORTER_OTLP_{signal}_ENDPOINT";
        var isOwn = environment.TextOf(own) is not null;
        var name = isOwn ? own : Endpoint;
        if (environment.TextOf(name) is not { } text)
        {
            return null;
        }

        var general = ReadProtocol(environment, Protocol);
        var protocol = ReadProtocol(environment, $"OTEL_EXPORTER_OTLP_{signal}_PROTOCOL") ?? general;
        return Uri.TryCreate(text, UriKind.Absolute, out var to) && to.Scheme is "http" or "https"
            ? new(to, isOwn, protocol)
            : throw Wrong(name, text, "a URL such as http://collector:4317");
    }

    private static OtlpExportProtocol? ReadProtocol(Func<string, string?> environment, string variable) => environment.TextOf(variable) switch
    {
        null => null,
        "grpc" => OtlpExportProtocol.Grpc,
        "http/protobuf" => OtlpExportProtocol.HttpProtobuf,
        var other => throw Wrong(variable, other, "grpc or http/protobuf"),
    };

    private static PoaException Wrong(string variable, string value, string wanted) =>
        new(ErrorCodes.InvalidArgument, $"'{value}' in {variable} cannot be used.", $"Set it to {wanted}, or unset it.");
}

/// <summary>Where one of the signals goes.</summary>
/// <param name="To">The endpoint as it was given.</param>
/// <param name="IsOwn">Given for this signal alone.</param>
/// <param name="Protocol">How, if that was given, for this signal or for both.</param>
internal sealed record ExportTarget(Uri To, bool IsOwn, OtlpExportProtocol? Protocol)
{
    /// <summary>Without path and user, where secrets could be.</summary>
    public string Shown => To.GetComponents(UriComponents.SchemeAndServer, UriFormat.UriEscaped);

    /// <summary>Tells an exporter, which by itself reads only the variables for both signals.</summary>
    public void Apply(OtlpExporterOptions options)
    {
        if (IsOwn)
        {
            // Taken as it is, as the specification has it; to an endpoint for both signals the exporter adds the path of its signal over HTTP.
            options.Endpoint = To;
        }

        options.Protocol = Protocol ?? options.Protocol;
    }
}
