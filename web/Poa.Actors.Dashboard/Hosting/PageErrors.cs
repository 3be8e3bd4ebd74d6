using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http.HttpResults;
using Poa.Actors.Dashboard.Hosting.Plain;
using Poa.Actors.Dashboard.Security.SignIn;

namespace Poa.Actors.Dashboard.Hosting;

/// <summary>A page that cannot be made says why. While the host of the cluster does not answer, it asks again by itself.</summary>
internal static class PageErrors
{
    /// <summary>An address that is no page's is answered with a page too. Must come before what makes pages.</summary>
    public static void UsePageNotFound(this WebApplication app)
    {
        app.UseWhen(context => SessionCookie.IsPage(context.Request), pages => pages.UseStatusCodePagesWithReExecute("/not-found"));
        app.UseRouting(); // anew, for the address that is looked at the second time
    }

    /// <summary>Must come before what makes pages.</summary>
    public static void UsePageErrors(this IApplicationBuilder app) => app.UseExceptionHandler(errors => errors.Run(async context =>
    {
        var (status, error) = context.Features.Get<IExceptionHandlerFeature>()?.Error switch
        {
            PoaException { Error.Retryable: true } poa => (StatusCodes.Status503ServiceUnavailable, poa.Error),
            PoaException poa => (StatusCodes.Status500InternalServerError, poa.Error),
            // A form without its token, or one that is too large.
            BadHttpRequestException bad => (bad.StatusCode, new WorkError(ErrorCodes.InvalidArgument, "The form was refused.", "Open the page again, and send the form from there.")),
            _ => (StatusCodes.Status500InternalServerError, new WorkError("internal-error", "This page could not be made.", "Look into the log of the server for what happened, and try again.")),
        };
        await new RazorComponentResult<ErrorPage>(new Dictionary<string, object?> { [nameof(ErrorPage.Error)] = error }) { StatusCode = status }.ExecuteAsync(context);
    }));
}
