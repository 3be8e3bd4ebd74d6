using Poa.Actors.Abstractions;

namespace Poa.Telemetry;

/// <summary>
/// What is exported, by the variables of the OpenTelemetry specification (sdk-environment-variables, protocol exporter). Without an endpoint
/// nothing is: the specification would then try localhost, which for most users is nobody.
/// </summary>
/// <param name="Traces">Where traces go; null for nowhere.</param>
/// <param name="Metrics">Where metrics go; null for nowhere.</param>
internal sealed record ExportSettings(Uri? Traces, Uri? Metrics)
{
    private const string Endpoint = "OTEL_EXPORTER_OTLP_ENDPOINT";
    private const string Protocol = "OTEL_EXPORTER_OTLP_PROTOCOL";

    /// <summary>Reads the environment.</summary>
    /// <param name="environment">Reads environment variables.</param>
    /// <exception cref="PoaException">A variable cannot be used; the SDK would pass over it in silence.</exception>
    public static ExportSettings Read(Func<string, string?> environment)
    {
        if (string.Equals(Text(environment, "OTEL_SDK_DISABLED"), "true", StringComparison.OrdinalIgnoreCase))
        {
            return new(null, null);
        }

        return new(Target(environment, "TRACES"), Target(environment, "METRICS"));
    }

    private static Uri? Target(Func<string, string?> environment, string signal)
    {
        var exporter = $"OTEL_{signal}_EXPORTER";
        switch (Text(environment, exporter))
        {
            case null or "otlp":
                break;
            case "none":
                return null;
            case var other:
                throw Wrong(exporter, other, "otlp or none");
        }

        var own = $"OTEL_EXPORTER_OTLP_{signal}_ENDPOINT";
        var name = Text(environment, own) is null ? Endpoint : own;
        if (Text(environment, name) is not { } text)
        {
            return null;
        }

        foreach (var variable in (string[])[$"OTEL_EXPORTER_OTLP_{signal}_PROTOCOL", Protocol])
        {
            if (Text(environment, variable) is { } protocol and not ("grpc" or "http/protobuf"))
            {
                throw Wrong(variable, protocol, "grpc or http/protobuf");
            }
        }

        return Uri.TryCreate(text, UriKind.Absolute, out var target) && target.Scheme is "http" or "https"
            ? target
            : throw Wrong(name, text, "a URL such as http://collector:4317");
    }

    private static string? Text(Func<string, string?> environment, string name) =>
        environment(name) is { } text && !string.IsNullOrWhiteSpace(text) ? text.Trim() : null;

    private static PoaException Wrong(string variable, string value, string wanted) =>
        new(ErrorCodes.InvalidArgument, $"'{value}' in {variable} cannot be used.", $"Set it to {wanted}, or unset it.");
}
