using System.Text.Json;
using Microsoft.AspNetCore.WebUtilities;
using Poa.Elastic;
using Poa.Storage;

namespace Poa.Actors.Dashboard.Api;

/// <summary>Turns faults into problem details.</summary>
internal static class Problems
{
    /// <summary>The problem that an exception stands for.</summary>
    /// <param name="exception">What was thrown.</param>
    /// <param name="http">The request.</param>
    public static ApiProblem Of(Exception exception, HttpContext http) => exception switch
    {
        PoaException { InnerException: ConfigurationException inner } poa => Of(poa.Error) with { Faults = inner.Faults },
        PoaException poa => Of(poa.Error),
        ConfigurationException configuration => Make(
            StatusCodes.Status400BadRequest, ErrorCodes.InvalidArgument, configuration.Message, "Correct what is named and try again.") with
        { Faults = configuration.Faults },
        FormatException => Make(StatusCodes.Status400BadRequest, ErrorCodes.InvalidArgument, exception.Message, "Correct it and try again."),
        StorageException { Fault: StorageFault.NotFound } => Make(
            StatusCodes.Status404NotFound, ErrorCodes.BlobNotFound, exception.Message, "It may have been removed; look at the list again."),
        StorageException { Fault: StorageFault.Damaged } => Make(
            StatusCodes.Status500InternalServerError, ErrorCodes.DamagedFile, exception.Message, "Publish it again, or use another one."),
        StorageException storage => Of(new WorkError(
            $"storage-{storage.Fault.ToString().ToLowerInvariant()}", storage.Message, storage.Remedy ?? "Check the blob store.", storage.Fault == StorageFault.Unavailable)),
        BadHttpRequestException bad => Make(
            bad.StatusCode, ErrorCodes.InvalidArgument, bad.InnerException is JsonException json ? $"{bad.Message} {json.Message}" : bad.Message, Remedy(bad.StatusCode)),
        _ => Make(
            StatusCodes.Status500InternalServerError, ApiErrorCodes.Internal, "The server failed at this request.",
            "Try again; if it fails again, look for the trace id in the log of the server.") with
        { TraceId = http.TraceIdentifier },
    };

    /// <summary>The problem of an answer that has a status and nothing more.</summary>
    /// <param name="status">HTTP status, 400 or above.</param>
    public static ApiProblem Of(int status) => status switch
    {
        StatusCodes.Status404NotFound => Make(status, ApiErrorCodes.NotFound, "There is nothing at this address.", Remedy(status)),
        _ => Make(status, ReasonPhrases.GetReasonPhrase(status).Replace(' ', '-').ToLowerInvariant(), $"{ReasonPhrases.GetReasonPhrase(status)}.", Remedy(status)),
    };

    /// <summary>Answers with a problem.</summary>
    /// <param name="http">The request.</param>
    /// <param name="problem">The problem.</param>
    public static Task WriteAsync(HttpContext http, ApiProblem problem)
    {
        http.Response.StatusCode = problem.Status;
        return http.Response.WriteAsJsonAsync(problem, ApiJson.Options, ApiProblem.MediaType, http.RequestAborted);
    }

    private static ApiProblem Of(WorkError error) => Make(ErrorStatus.Of(error), error.Code, error.Message, error.Remedy);

    private static ApiProblem Make(int status, string code, string detail, string remedy) => new()
    {
        Status = status,
        Title = ReasonPhrases.GetReasonPhrase(status),
        Code = code,
        Detail = detail,
        Remedy = remedy,
    };

    private static string Remedy(int status) => status switch
    {
        StatusCodes.Status401Unauthorized => "Sign in, or send an API key.",
        StatusCodes.Status403Forbidden => "Ask an administrator for a role that may do this.",
        StatusCodes.Status404NotFound or StatusCodes.Status405MethodNotAllowed => "See /openapi/v1.json for the addresses there are and their methods.",
        StatusCodes.Status406NotAcceptable => "See /openapi/v1.json for the media types of this answer.",
        StatusCodes.Status413PayloadTooLarge => "Send less.",
        StatusCodes.Status415UnsupportedMediaType => "Send JSON, with the header content-type: application/json.",
        StatusCodes.Status416RangeNotSatisfiable => "Ask for a range within the file.",
        StatusCodes.Status429TooManyRequests => "Wait, then try again.",
        _ => "See /openapi/v1.json for what this address takes.",
    };
}
