using Poa.Actors.Dashboard.Commands;
using Poa.Actors.Dashboard.Security;

namespace Poa.Actors.Dashboard.Api;

/// <summary>What routes of one kind have in common.</summary>
internal static class RouteConventions
{
    /// <summary>Methods of a download.</summary>
    public static readonly string[] GetAndHead = [HttpMethods.Get, HttpMethods.Head];

    private const string Json = "application/json";

    /// <summary>It may answer with an error of this status.</summary>
    public static TBuilder ProducesError<TBuilder>(this TBuilder route, int status)
        where TBuilder : IEndpointConventionBuilder =>
        route.WithMetadata(new ProducesResponseTypeMetadata(status, typeof(ApiProblem), [ApiProblem.MediaType]));

    /// <summary>What the address names may not exist.</summary>
    public static RouteHandlerBuilder FindsNothing(this RouteHandlerBuilder route) => route.ProducesError(StatusCodes.Status404NotFound);

    /// <summary>It answers with server-sent events that hold this.</summary>
    public static RouteHandlerBuilder Streams<T>(this RouteHandlerBuilder route) => route
        .Produces<T>(StatusCodes.Status200OK, EventStream.MediaType)
        .Produces(StatusCodes.Status204NoContent);

    /// <summary>It answers with a file, whole or a range of it.</summary>
    /// <param name="route">The route.</param>
    /// <param name="mediaType">What kind of file.</param>
    public static RouteHandlerBuilder Downloads(this RouteHandlerBuilder route, string mediaType = ArtifactDownload.MediaType) => route
        .FindsNothing()
        .Produces<Stream>(StatusCodes.Status200OK, mediaType)
        .Produces<Stream>(StatusCodes.Status206PartialContent, mediaType)
        .Produces(StatusCodes.Status304NotModified)
        .Produces(StatusCodes.Status412PreconditionFailed)
        .ProducesError(StatusCodes.Status416RangeNotSatisfiable);

    /// <summary>
    /// It carries out a command: asks for the command's role, and for JSON, which a form of another site cannot send.
    /// </summary>
    /// <typeparam name="TBody">The body; <see cref="NoArguments"/> where there is nothing to say.</typeparam>
    /// <param name="route">The route.</param>
    /// <param name="command">Name of the method of <see cref="DashboardCommands"/>.</param>
    public static RouteHandlerBuilder Commands<TBody>(this RouteHandlerBuilder route, string command)
        where TBody : notnull => route
        .RequireAuthorization(Roles.NameOf(CommandTable.All[command].Role))
        .TakesJson<TBody>()
        .FindsNothing()
        .ProducesError(StatusCodes.Status409Conflict);

    /// <summary>It takes a body of JSON and nothing else.</summary>
    public static RouteHandlerBuilder TakesJson<TBody>(this RouteHandlerBuilder route)
        where TBody : notnull
    {
        route.AddEndpointFilter(async (context, next) => context.HttpContext.Request.HasJsonContentType()
            ? await next(context)
            : TypedResults.StatusCode(StatusCodes.Status415UnsupportedMediaType));
        return route
            .Accepts<TBody>(typeof(TBody) == typeof(NoArguments), Json)
            .ProducesError(StatusCodes.Status413PayloadTooLarge)
            .ProducesError(StatusCodes.Status415UnsupportedMediaType)
            .ProducesError(StatusCodes.Status422UnprocessableEntity);
    }
}

/// <summary>A command without arguments: an empty JSON object, or no body with the header <c>content-type: application/json</c>.</summary>
internal sealed record NoArguments;
