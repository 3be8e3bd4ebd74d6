using Poa.Actors.Client;
using Poa.Actors.Dashboard.Security;

namespace Poa.Actors.Dashboard.Api;

/// <summary>The audit log.</summary>
internal static class AuditRoutes
{
    /// <summary>Adds the route.</summary>
    public static void Map(RouteGroupBuilder known) =>
        known.MapGet("/audit", ListAsync).WithName("listAudit").WithTags("System").RequireAuthorization(Roles.Admin);

    /// <summary>Who asked for what, and what came of it, newest first.</summary>
    /// <param name="poa">The cluster.</param>
    /// <param name="before">Only entries with a smaller sequence number; the newest if left out.</param>
    /// <param name="limit">At most this many, 1 to 1000.</param>
    /// <param name="user">Only entries of this account.</param>
    /// <param name="command">Only this command, such as <c>run.cancel</c>.</param>
    /// <param name="text">Only entries with this text in user, command, target, detail or address; case does not matter.</param>
    /// <param name="cancellationToken">Ends with the request.</param>
    internal static Task<AuditPage> ListAsync(
        PoaClient poa,
        long? before = null,
        int limit = 100,
        string? user = null,
        string? command = null,
        string? text = null,
        CancellationToken cancellationToken = default) =>
        poa.Audit.QueryAsync(
            new AuditQuery
            {
                Before = before,
                Limit = Check.Range(nameof(limit), limit, 1, AuditQuery.MaxLimit),
                User = user,
                Command = command,
                Text = text,
            },
            cancellationToken);
}
