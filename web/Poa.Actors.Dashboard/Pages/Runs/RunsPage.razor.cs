using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.QuickGrid;
using Poa.Actors.Dashboard.Commands;
using Poa.Actors.Dashboard.Security;

namespace Poa.Actors.Dashboard.Pages.Runs;

/// <summary>All runs. What is shown is in the address.</summary>
public sealed partial class RunsPage
{
    private IReadOnlySet<string> selected = new HashSet<string>();
    private IReadOnlyList<CommandOutcome> failures = [];
    private string verb = "";
    private int asked;
    private bool canOperate;

    /// <summary>Only runs in this state.</summary>
    [SupplyParameterFromQuery(Name = "state")]
    public string? State { get; set; }

    /// <summary>Only runs with this text.</summary>
    [SupplyParameterFromQuery(Name = "q")]
    public string? Text { get; set; }

    /// <summary>What to sort by, with a minus in front where the largest comes first.</summary>
    [SupplyParameterFromQuery(Name = "sort")]
    public string? Sort { get; set; }

    /// <summary>Number of the page, from 1.</summary>
    [SupplyParameterFromQuery(Name = "page")]
    public int? Page { get; set; }

    private RunsView View => RunsView.Parse(State, Text, Sort, Page);

    private SortDirection Direction => View.Ascending ? SortDirection.Ascending : SortDirection.Descending;

    private bool HasRuns => Data is { } page && (page.Counts.Count > 0 || View.Text.Length > 0);

    /// <inheritdoc/>
    protected override async Task<CatalogPage> LoadAsync(CancellationToken cancellationToken)
    {
        canOperate = Roles.Has(await Commands.UserAsync(), Role.Operator);
        return await Poa.Runs.QueryAsync(View.Query(), cancellationToken);
    }

    private static string Runs(int count) => count == 1 ? "1 run" : $"{count} runs";

    private void Go(RunsView view) => Navigation.NavigateTo(view.Address(), replace: true);

    private IEnumerable<(string Text, RunsView View, int Count)> Filters() =>
        View.Filters(Data!.Counts).Select(filter => (filter.Status.ToString(), View.In(filter.Status), filter.Count)).Prepend(("All", View.In(null), Data.Counts.Values.Sum()));

    private async Task BulkAsync(string done, Func<IReadOnlyList<string>, Task<IReadOnlyList<CommandOutcome>>> command)
    {
        string[] runs = [.. selected.Order(StringComparer.Ordinal)];
        (verb, asked, failures) = (done, runs.Length, []);
        try
        {
            failures = [.. (await command(runs)).Where(outcome => outcome.Error is not null)];
            // Those that failed stay selected: one can try again.
            selected = failures.Select(failure => failure.Target).ToHashSet();
            if (failures.Count < runs.Length)
            {
                await Notifier.DoneAsync($"{Runs(runs.Length - failures.Count)} {done}.");
            }
        }
        catch (PoaException e)
        {
            await Notifier.FailedAsync(e.Error);
        }

        await RefreshAsync();
    }
}
