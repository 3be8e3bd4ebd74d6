using Poa.Actors.Dashboard.Hosting;

namespace Poa.Actors.Dashboard.Security.Web;

/// <summary>
/// Says of a body that announces to be too large that it is. One that does not announce it is cut off by the server while it is read,
/// and so is every one for the API, which answers in a form of its own.
/// </summary>
internal static class BodyLimit
{
    /// <summary>Must come before anything that reads a body.</summary>
    public static void UseBodyLimit(this IApplicationBuilder app) => app.Use((context, next) =>
    {
        if (context.Request.ContentLength is null or <= DashboardOptions.MaxRequestBody || context.Request.Path.StartsWithSegments("/api"))
        {
            return next();
        }

        context.Response.StatusCode = StatusCodes.Status413PayloadTooLarge;
        return context.Response.WriteAsync($"Refused: a request may have at most {DashboardOptions.MaxRequestBody} bytes.");
    });
}
