using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;

namespace Poa.Actors.Dashboard.Security.SignIn;

/// <summary>The cookie that a browser's session rests on.</summary>
internal static class SessionCookie
{
    /// <summary>Name of the scheme.</summary>
    public const string Scheme = "session";

    private static readonly TimeSpan Lifetime = TimeSpan.FromHours(12);

    /// <summary>Sets it up.</summary>
    /// <param name="cookie">The options.</param>
    /// <param name="home">The data folder: two dashboards on one machine must not take each other's cookie.</param>
    public static void Configure(CookieAuthenticationOptions cookie, string home)
    {
        cookie.Cookie.Name = $"poa-session-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(home)))[..8]}";
        cookie.Cookie.HttpOnly = true;
        cookie.Cookie.SameSite = SameSiteMode.Lax;
        cookie.Cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
        cookie.ExpireTimeSpan = Lifetime;
        cookie.SlidingExpiration = true;
        cookie.LoginPath = SignInRoutes.LoginPath;
        cookie.AccessDeniedPath = SignInRoutes.DeniedPath;
        cookie.ReturnUrlParameter = SignInRoutes.ReturnParameter;
        cookie.Events.OnValidatePrincipal = async context =>
        {
            if (context.Principal is null || !context.HttpContext.RequestServices.GetRequiredService<Sessions>().IsCurrent(context.Principal))
            {
                context.RejectPrincipal();
                await context.HttpContext.SignOutAsync(Scheme);
            }
        };
        cookie.Events.OnRedirectToLogin = context => Answer(context, StatusCodes.Status401Unauthorized);
        cookie.Events.OnRedirectToAccessDenied = context => Answer(context, StatusCodes.Status403Forbidden);
    }

    /// <summary>True if a person waits for a page; programs and scripts are told a status instead of being led elsewhere.</summary>
    public static bool IsPage(HttpRequest request) =>
        HttpMethods.IsGet(request.Method) && request.Headers.Accept.ToString().Contains("text/html", StringComparison.OrdinalIgnoreCase) &&
        !request.Path.StartsWithSegments("/api") && !request.Path.StartsWithSegments("/_blazor");

    private static Task Answer(RedirectContext<CookieAuthenticationOptions> context, int status)
    {
        if (IsPage(context.Request))
        {
            context.Response.Redirect(context.RedirectUri);
        }
        else
        {
            context.Response.StatusCode = status;
        }

        return Task.CompletedTask;
    }
}
