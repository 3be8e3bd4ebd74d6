using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.QuickGrid;

namespace Poa.Actors.Dashboard.Ui;

/// <summary>
/// A table with sorting, pages and selection. Without <see cref="Total"/> the items are all there are, and the table sorts and pages them
/// by itself. With it they are one page of a longer list: the table raises <see cref="OnRequest"/> when another page or order is asked
/// for, and its owner gives it other items. A column that can be asked for in another order says <c>Sortable="true"</c>; the one that
/// the owner's items are sorted by says <c>IsDefaultSortColumn</c> and <c>InitialSortDirection</c>.
/// </summary>
/// <typeparam name="TGridItem">A row.</typeparam>
public sealed partial class DataTable<TGridItem> : IDisposable
{
    private readonly PaginationState pagination = new();
    private GridItemsProvider<TGridItem>? provider;
    private IReadOnlyList<TGridItem>? provided;
    private IReadOnlyList<TGridItem> shown = [];

    /// <summary>The rows; null while they are loaded.</summary>
    [Parameter, EditorRequired]
    public IReadOnlyList<TGridItem>? Items { get; set; }

    /// <summary>What the table lists, for screen readers.</summary>
    [Parameter, EditorRequired]
    public string Caption { get; set; } = "";

    /// <summary>The columns, of QuickGrid.</summary>
    [Parameter]
    public RenderFragment? ChildContent { get; set; }

    /// <summary>What stands in place of a table without rows: an <see cref="EmptyState"/>.</summary>
    [Parameter]
    public RenderFragment? Empty { get; set; }

    /// <summary>Rows on a page.</summary>
    [Parameter]
    public int PageSize { get; set; } = 50;

    /// <summary>Length of the list that <see cref="Items"/> is one page of; null if it is all of it.</summary>
    [Parameter]
    public int? Total { get; set; }

    /// <summary>Which page of which order <see cref="Items"/> is, if <see cref="Total"/> is set.</summary>
    [Parameter]
    public TableRequest Request { get; set; } = new();

    /// <summary>Another page or order is asked for.</summary>
    [Parameter]
    public EventCallback<TableRequest> OnRequest { get; set; }

    /// <summary>Identity of a row, shown to screen readers where it is selected; needed for selection and for live tables.</summary>
    [Parameter]
    public Func<TGridItem, string>? ItemKey { get; set; }

    /// <summary>Class of a row.</summary>
    [Parameter]
    public Func<TGridItem, string?>? RowClass { get; set; }

    /// <summary>Whether rows have checkboxes.</summary>
    [Parameter]
    public bool Selectable { get; set; }

    /// <summary>Keys of the selected rows, also of those on other pages.</summary>
    [Parameter]
    public IReadOnlySet<string> Selected { get; set; } = new HashSet<string>();

    /// <summary>The selection was changed.</summary>
    [Parameter]
    public EventCallback<IReadOnlySet<string>> SelectedChanged { get; set; }

    private bool IsPaged => (Total ?? Items?.Count ?? 0) > PageSize;

    private bool AreAllSelected => shown.Count > 0 && shown.All(item => Selected.Contains(KeyOf(item)));

    /// <inheritdoc/>
    public void Dispose() => provider = null;

    /// <inheritdoc/>
    protected override async Task OnParametersSetAsync()
    {
        pagination.ItemsPerPage = PageSize;
        if (Total is not null && pagination.CurrentPageIndex != Request.Page)
        {
            await pagination.SetCurrentPageIndexAsync(Request.Page);
        }

        if (!ReferenceEquals(provided, Items))
        {
            provided = Items;
            provider = ProvideAsync; // a delegate of its own for every list: that is how the grid sees that there is something new
        }
    }

    private async ValueTask<GridItemsProviderResult<TGridItem>> ProvideAsync(GridItemsProviderRequest<TGridItem> request)
    {
        var items = Items ?? [];
        if (Total is { } total)
        {
            var asked = new TableRequest(request.StartIndex / PageSize, request.SortByColumn?.Title ?? Request.SortBy, request.SortByColumn is null ? Request.Ascending : request.SortByAscending);
            if (asked != Request && OnRequest.HasDelegate)
            {
                // Another order begins with its first page.
                await OnRequest.InvokeAsync(asked.SortBy == Request.SortBy && asked.Ascending == Request.Ascending ? asked : asked with { Page = 0 });
                items = Items ?? [];
            }

            shown = items;
            return GridItemsProviderResult.From([.. items], total);
        }

        // An array of its own: queries over an immutable array, being a struct, cannot be built.
        var sorted = request.SortByColumn is null ? items : request.ApplySorting(items.ToArray().AsQueryable()).AsEnumerable();
        shown = [.. sorted.Skip(request.StartIndex).Take(request.Count ?? int.MaxValue)];
        return GridItemsProviderResult.From([.. shown], items.Count);
    }

    private string KeyOf(TGridItem item) => ItemKey?.Invoke(item) ?? item?.ToString() ?? "";

    private Task ToggleAsync(TGridItem item, bool isSelected) => SelectedChanged.InvokeAsync(With([item], isSelected));

    private Task ToggleAllAsync(ChangeEventArgs change) => SelectedChanged.InvokeAsync(With(shown, change.Value is true));

    private HashSet<string> With(IEnumerable<TGridItem> items, bool isSelected)
    {
        var keys = items.Select(KeyOf);
        return isSelected ? [.. Selected.Union(keys)] : [.. Selected.Except(keys)];
    }
}
