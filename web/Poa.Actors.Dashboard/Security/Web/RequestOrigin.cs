namespace Poa.Actors.Dashboard.Security.Web;

/// <summary>
/// Refuses what a page of another site makes a browser send: unsafe methods, and everything to the circuit hub (its WebSocket is not
/// held back by the browser's same-origin policy). Works also where nobody signs in.
/// </summary>
internal static class RequestOrigin
{
    private const string Hub = "/_blazor";

    /// <summary>Must come after forwarded headers, before anything that acts.</summary>
    public static void UseRequestOrigin(this IApplicationBuilder app) => app.Use((context, next) =>
    {
        if (!IsGuarded(context) || IsOurs(context.Request))
        {
            return next();
        }

        context.Response.StatusCode = StatusCodes.Status403Forbidden;
        return context.Response.WriteAsync("Refused: this request comes from a page of another site.");
    });

    private static bool IsGuarded(HttpContext context) =>
        !(HttpMethods.IsGet(context.Request.Method) || HttpMethods.IsHead(context.Request.Method) || HttpMethods.IsOptions(context.Request.Method)) ||
        context.WebSockets.IsWebSocketRequest || context.Request.Path.StartsWithSegments(Hub);

    private static bool IsOurs(HttpRequest request)
    {
        // Browsers send at least one of these with such requests; programs send neither, and have no session that could be abused.
        var site = request.Headers["Sec-Fetch-Site"].ToString();
        if (site is not ("" or "same-origin" or "none"))
        {
            return false;
        }

        var origin = request.Headers.Origin.ToString();
        return origin.Length == 0 ||
            (Uri.TryCreate(origin, UriKind.Absolute, out var from) && Uri.TryCreate($"{request.Scheme}://{request.Host}", UriKind.Absolute, out var here) &&
                Uri.Compare(from, here, UriComponents.SchemeAndServer, UriFormat.UriEscaped, StringComparison.OrdinalIgnoreCase) == 0);
    }
}
