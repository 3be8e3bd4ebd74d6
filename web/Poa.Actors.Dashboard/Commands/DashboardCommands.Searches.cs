using System.Security.Claims;
using Poa.Actors.Dashboard.Security;

namespace Poa.Actors.Dashboard.Commands;

public sealed partial class DashboardCommands
{
    /// <summary>Looks for the best sub-network within a budget with few evaluations; what has a stored result costs none.</summary>
    /// <param name="user">Who asks.</param>
    /// <param name="search">What for.</param>
    /// <param name="cancellationToken">Stops waiting, not the command.</param>
    [Command("search.start", Role.Operator)]
    public Task<SearchSnapshot> StartSearchAsync(ClaimsPrincipal user, NewSearch search, CancellationToken cancellationToken = default) => DoAsync(
        user,
        search.SearchId ?? "",
        $"by {search.Benchmark} in run {search.Run}{PriorityText(search.Priority)}",
        () => poa.Searches.StartAsync(
            search.Run, search.Data, search.Budget, search.Benchmark, search.Evaluations, search.Metric, search.Iteration, search.Options, search.LatencyOptions,
            search.SearchId, NameOf(user), search.Priority, cancellationToken),
        snapshot => snapshot.Specification.SearchId);

    /// <summary>Gives a search up, and the sweep that runs for it. What was measured is kept.</summary>
    /// <param name="user">Who asks.</param>
    /// <param name="search">Search id.</param>
    /// <param name="cancellationToken">Stops waiting, not the command.</param>
    [Command("search.cancel", Role.Operator)]
    public Task<SearchSnapshot> CancelSearchAsync(ClaimsPrincipal user, string search, CancellationToken cancellationToken = default) =>
        DoAsync(user, search, "", () => poa.Searches.CancelAsync(search, cancellationToken));
}
