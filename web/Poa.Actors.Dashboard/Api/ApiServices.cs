using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Poa.Actors.Dashboard.Security;

namespace Poa.Actors.Dashboard.Api;

/// <summary>The HTTP API: everything below <see cref="Prefix"/>, and its description.</summary>
internal static class ApiServices
{
    /// <summary>Where its routes begin.</summary>
    public const string Prefix = "/api/v1";

    /// <summary>Where its description is.</summary>
    public const string DocumentPath = "/openapi/v1.json";

    /// <summary>The longest body of a request, in bytes: a configuration of the greatest length, quoted.</summary>
    public const long MaxBody = 1 << 20;

    /// <summary>Registers what the API needs.</summary>
    public static IServiceCollection AddDashboardApi(this IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.ConfigureHttpJsonOptions(options =>
        {
            ApiJson.Configure(options.SerializerOptions);
            options.SerializerOptions.UnmappedMemberHandling = System.Text.Json.Serialization.JsonUnmappedMemberHandling.Disallow;
        });

        // A wrong parameter is answered with its name and value, not with a bare status.
        services.Configure<RouteHandlerOptions>(options => options.ThrowOnBadRequest = true);
        services.AddOpenApi("v1", ApiDocument.Configure);
        return services;
    }

    /// <summary>Answers errors of the API. Must come before authentication.</summary>
    public static void UseDashboardApi(this IApplicationBuilder app) =>
        app.UseWhen(http => http.Request.Path.StartsWithSegments("/api"), api => api.UseMiddleware<ApiErrors>());

    /// <summary>Adds the routes.</summary>
    public static void MapDashboardApi(this IEndpointRouteBuilder app)
    {
        app.MapOpenApi("/openapi/{documentName}.json").RequireAuthorization(Roles.Viewer);
        var api = app.MapGroup(Prefix)
            .WithMetadata(new RequestSizeLimitAttribute(MaxBody))
            .ProducesError(StatusCodes.Status400BadRequest)
            .ProducesError(StatusCodes.Status500InternalServerError)
            .ProducesError(StatusCodes.Status503ServiceUnavailable);
        HealthRoutes.Map(api);

        var known = api.MapGroup("").ProducesError(StatusCodes.Status401Unauthorized).ProducesError(StatusCodes.Status403Forbidden);
        var reads = known.MapGroup("").RequireAuthorization(Roles.Viewer);
        RunRoutes.Map(reads);
        RunCommandRoutes.Map(known);
        MetricsRoutes.Map(reads);
        CheckpointRoutes.Map(reads);
        SubNetworkRoutes.Map(reads, known);
        ResultRoutes.Map(reads);
        PictureRoutes.Map(reads);
        SweepRoutes.Map(reads);
        SweepCommandRoutes.Map(known);
        SearchRoutes.Map(reads, known);
        AblationRoutes.Map(reads, known);
        WorkerRoutes.Map(reads, known);
        ConfigurationRoutes.Map(reads);
        PlanRoutes.Map(reads, known);
        SystemRoutes.Map(reads);
        AuditRoutes.Map(known);
    }
}
