using Poa.Actors.Client;

namespace Poa.Actors.Dashboard.Api;

/// <summary>Whether the server is of use.</summary>
internal static class HealthRoutes
{
    // A probe that waits is no better than one that fails.
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(3);

    /// <summary>Adds the route. It needs no account: whoever starts and watches processes has none.</summary>
    public static void Map(RouteGroupBuilder api) => api.MapGet("/health", GetAsync).WithName("getHealth").WithTags("System").AllowAnonymous()
        .Produces<Health>().Produces<Health>(StatusCodes.Status503ServiceUnavailable);

    /// <summary>Says whether the cluster answers: 200 if it does, 503 if not. Needs no account and tells nothing else.</summary>
    /// <param name="poa">The cluster.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellationToken">Ends with the request.</param>
    internal static async Task<IResult> GetAsync(PoaClient poa, TimeProvider time, CancellationToken cancellationToken)
    {
        try
        {
            await poa.InfoAsync(cancellationToken).WaitAsync(Limit, time, cancellationToken);
            return TypedResults.Ok(new Health(IsReady: true));
        }
        catch (Exception e) when (e is PoaException or TimeoutException)
        {
            return TypedResults.Json(new Health(IsReady: false), statusCode: StatusCodes.Status503ServiceUnavailable);
        }
    }
}

/// <summary>Whether the server is of use.</summary>
/// <param name="IsReady">True if the cluster answers.</param>
internal sealed record Health(bool IsReady);
