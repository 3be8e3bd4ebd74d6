using Microsoft.AspNetCore.Diagnostics;

namespace Poa.Actors.Dashboard.Api;

/// <summary>Sees to it that every answer of the API that is an error has a body which says what and what to do.</summary>
internal sealed partial class ApiErrors(RequestDelegate next, ILogger<ApiErrors> logger)
{
    /// <summary>Runs the request.</summary>
    /// <param name="http">The request.</param>
    public async Task InvokeAsync(HttpContext http)
    {
        // An address of the API is never answered with a page about errors.
        if (http.Features.Get<IStatusCodePagesFeature>() is { } pages)
        {
            pages.Enabled = false;
        }

        // Names and logs hold what people and data say: it is never to be taken for a page.
        http.Response.Headers.XContentTypeOptions = "nosniff";
        try
        {
            await next(http);
        }
        catch (OperationCanceledException) when (http.RequestAborted.IsCancellationRequested)
        {
            return; // Nobody waits for the answer any more.
        }
        catch (Exception e) when (!http.Response.HasStarted)
        {
            var problem = Problems.Of(e, http);
            if (problem.Status >= StatusCodes.Status500InternalServerError)
            {
                LogFailed(http.Request.Method, http.Request.Path, http.TraceIdentifier, e);
            }

            // What the handler had said of its answer does not hold for this one; what the server says of all answers does.
            http.Response.Headers.Remove("ETag");
            http.Response.Headers.Remove("Last-Modified");
            http.Response.Headers.Remove("Content-Disposition");
            http.Response.Headers.Remove("Content-Range");
            http.Response.ContentLength = null;
            await Problems.WriteAsync(http, problem);
            return;
        }

        if (http.Response is { HasStarted: false, StatusCode: >= StatusCodes.Status400BadRequest, ContentLength: null, ContentType: null })
        {
            await Problems.WriteAsync(http, Problems.Of(http.Response.StatusCode));
        }
    }

    [LoggerMessage(LogLevel.Error, "{Method} {Path} failed (trace {TraceId})")]
    private partial void LogFailed(string method, string path, string traceId, Exception exception);
}
