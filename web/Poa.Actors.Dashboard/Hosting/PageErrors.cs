using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http.HttpResults;
using Poa.Actors.Dashboard.Hosting.Plain;

namespace Poa.Actors.Dashboard.Hosting;

/// <summary>A page that cannot be made says why. While the host of the cluster does not answer, it asks again by itself.</summary>
internal static class PageErrors
{
    /// <summary>Must come before what makes pages.</summary>
    public static void UsePageErrors(this IApplicationBuilder app) => app.UseExceptionHandler(errors => errors.Run(async context =>
    {
        var error = context.Features.Get<IExceptionHandlerFeature>()?.Error is PoaException poa
            ? poa.Error
            : new WorkError("internal-error", "This page could not be made.", "Look into the log of the server for what happened, and try again.");
        var status = error.Retryable ? StatusCodes.Status503ServiceUnavailable : StatusCodes.Status500InternalServerError;
        await new RazorComponentResult<ErrorPage>(new Dictionary<string, object?> { [nameof(ErrorPage.Error)] = error }) { StatusCode = status }.ExecuteAsync(context);
    }));
}
