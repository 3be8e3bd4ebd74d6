using System.Text.Json.Serialization;
using Poa.Elastic;

namespace Poa.Actors.Dashboard.Api;

/// <summary>What went wrong, as RFC 9457 problem details with what this program adds to every error: a stable code and a remedy.</summary>
internal sealed record ApiProblem
{
    /// <summary>The media type of problems.</summary>
    public const string MediaType = "application/problem+json";

    /// <summary>The kind of error as a URI: <c>urn:poa:error:</c> and the code.</summary>
    public string Type => $"urn:poa:error:{Code}";

    /// <summary>The HTTP status in words.</summary>
    public required string Title { get; init; }

    /// <summary>The HTTP status.</summary>
    public required int Status { get; init; }

    /// <summary>What happened, with the values at fault.</summary>
    public required string Detail { get; init; }

    /// <summary>Stable code of the error: lower-case words with dashes, such as <c>run-not-found</c>.</summary>
    public required string Code { get; init; }

    /// <summary>What to do about it.</summary>
    public required string Remedy { get; init; }

    /// <summary>For a configuration: everything that is wrong with it.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<ConfigurationFault>? Faults { get; init; }

    /// <summary>For an error of this program: names the request in its log.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? TraceId { get; init; }
}
