using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Poa.Actors.Dashboard.Hosting;

namespace Poa.Actors.Dashboard.Security.SignIn;

/// <summary>Sign-in, sign-out and refusal: plain pages with forms, since nobody may open a circuit before signing in.</summary>
internal static class SignInRoutes
{
    /// <summary>The form to sign in with.</summary>
    public const string LoginPath = "/login";

    /// <summary>Ends the session; POST only.</summary>
    public const string LogoutPath = "/logout";

    /// <summary>Says that the account may not see what was asked for.</summary>
    public const string DeniedPath = "/access-denied";

    /// <summary>Query parameter with the address to go back to.</summary>
    public const string ReturnParameter = "returnUrl";

    /// <summary>Adds the routes.</summary>
    public static void MapSignIn(this IEndpointRouteBuilder app, DashboardOptions options)
    {
        if (options.Authentication == AuthenticationMode.None)
        {
            return;
        }

        app.MapGet(DeniedPath, (HttpContext http) => new RazorComponentResult<DeniedPage>(new { Name = http.User.Identity?.Name }) { StatusCode = StatusCodes.Status403Forbidden })
            .AllowAnonymous().ExcludeFromDescription();
        app.MapPost(LogoutPath, ([FromForm] string? from) => options.Authentication == AuthenticationMode.Oidc
                ? Results.SignOut(new AuthenticationProperties { RedirectUri = "/" }, [SessionCookie.Scheme, OidcSignIn.Scheme])
                : Results.SignOut(new AuthenticationProperties { RedirectUri = LoginPath }, [SessionCookie.Scheme]))
            .AllowAnonymous().ExcludeFromDescription();
        if (options.Authentication == AuthenticationMode.Oidc)
        {
            app.MapGet(LoginPath, (string? returnUrl) => Results.Challenge(new AuthenticationProperties { RedirectUri = Local(returnUrl) }, [OidcSignIn.Scheme]))
                .AllowAnonymous().ExcludeFromDescription();
            return;
        }

        app.MapGet(LoginPath, (string? returnUrl) => Page(Local(returnUrl), null, "", StatusCodes.Status200OK)).AllowAnonymous().ExcludeFromDescription();
        app.MapPost(LoginPath, SignInAsync).AllowAnonymous().ExcludeFromDescription();
    }

    /// <summary>An address on this host; the start page for any other.</summary>
    public static string Local(string? address) =>
        address is ['/', ..] && !address.StartsWith("//", StringComparison.Ordinal) && !address.Contains('\\') && !address.Any(char.IsControl) ? address : "/";

    private static async Task<IResult> SignInAsync(
        HttpContext http, PasswordSignIn signIn, [FromForm] string? name, [FromForm] string? password, [FromForm] string? returnUrl)
    {
        try
        {
            var principal = await signIn.SignInAsync(name ?? "", password ?? "", http.Connection.RemoteIpAddress?.ToString() ?? "", SessionCookie.Scheme);
            await http.SignInAsync(SessionCookie.Scheme, principal, new AuthenticationProperties { IsPersistent = true });
            return Results.LocalRedirect(Local(returnUrl));
        }
        catch (PoaException e)
        {
            var status = e.Code == SecurityErrors.SignInRefused ? StatusCodes.Status401Unauthorized : StatusCodes.Status503ServiceUnavailable;
            return Page(Local(returnUrl), e.Error, name ?? "", status);
        }
    }

    private static RazorComponentResult<LoginPage> Page(string returnUrl, WorkError? error, string name, int status) =>
        new(new Dictionary<string, object?>
        {
            [nameof(LoginPage.ReturnUrl)] = returnUrl,
            [nameof(LoginPage.Error)] = error,
            [nameof(LoginPage.Name)] = name,
        })
        { StatusCode = status };
}
