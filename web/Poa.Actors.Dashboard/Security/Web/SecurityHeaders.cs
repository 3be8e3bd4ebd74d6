using Poa.Actors.Dashboard.Hosting;

namespace Poa.Actors.Dashboard.Security.Web;

/// <summary>Headers that tell the browser what our pages never do.</summary>
internal static class SecurityHeaders
{
    /// <summary>Must come first.</summary>
    public static void UseSecurityHeaders(this IApplicationBuilder app, DashboardOptions options)
    {
        var pages = Policy("'self'", options);
        // A page of Orleans, with a script in itself.
        var orleans = Policy("'self' 'unsafe-inline'", options);
        app.Use((context, next) =>
        {
            var headers = context.Response.Headers;
            headers.ContentSecurityPolicy = context.Request.Path.StartsWithSegments(OrleansPages.Path) ? orleans : pages;
            headers.XContentTypeOptions = "nosniff";
            headers["Referrer-Policy"] = "same-origin";
            headers.XFrameOptions = "DENY";
            headers["Cross-Origin-Opener-Policy"] = "same-origin";
            headers["Cross-Origin-Resource-Policy"] = "same-origin";
            headers["Permissions-Policy"] = "camera=(), microphone=(), geolocation=()";
            return next();
        });
    }

    /// <summary>
    /// Everything from this host only. Styles may be in the page: components and charts set them on elements. Images may be data: charts
    /// draw into them.
    /// </summary>
    private static string Policy(string scripts, DashboardOptions options) => string.Join("; ",
        "default-src 'self'",
        $"script-src {scripts}",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data: blob:",
        "font-src 'self' data:",
        "connect-src 'self'",
        "object-src 'none'",
        "base-uri 'self'",
        $"form-action 'self'{(options.Oidc is { } oidc ? $" {oidc.Authority.GetLeftPart(UriPartial.Authority)}" : "")}",
        "frame-ancestors 'none'");
}
