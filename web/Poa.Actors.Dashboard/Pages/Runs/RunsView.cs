using System.Collections.Immutable;
using System.Globalization;
using Poa.Actors.Dashboard.Ui;

namespace Poa.Actors.Dashboard.Pages.Runs;

/// <summary>Which runs the list shows: the part of its address behind the question mark.</summary>
public sealed record RunsView
{
    /// <summary>Rows on a page.</summary>
    public const int PageSize = 25;

    /// <summary>Columns that can be sorted by, with their titles.</summary>
    public static IReadOnlyDictionary<string, CatalogSort> Columns { get; } = new Dictionary<string, CatalogSort>
    {
        ["State"] = CatalogSort.Status,
        ["Run"] = CatalogSort.Name,
        ["Progress"] = CatalogSort.Progress,
        ["Loss"] = CatalogSort.Loss,
        ["Images/s"] = CatalogSort.ImagesPerSecond,
        ["Created"] = CatalogSort.Created,
    };

    /// <summary>Only runs in this state; null for all.</summary>
    public RunStatus? Status { get; init; }

    /// <summary>Only runs with this text in id, name, data or creator.</summary>
    public string Text { get; init; } = "";

    /// <summary>What to sort by.</summary>
    public CatalogSort Sort { get; init; }

    /// <summary>Smallest, oldest or first in the alphabet first.</summary>
    public bool Ascending { get; init; }

    /// <summary>Index of the page, from 0.</summary>
    public int Page { get; init; }

    /// <summary>Reads the parts of an address; what cannot be read is as if it were not there.</summary>
    /// <param name="state">State.</param>
    /// <param name="text">Text to search for.</param>
    /// <param name="sort">Sort, with a minus in front where the largest comes first.</param>
    /// <param name="page">Page, from 1.</param>
    public static RunsView Parse(string? state, string? text, string? sort, int? page)
    {
        var isDescending = sort?.StartsWith('-') ?? true;
        var isSorted = Enum.TryParse<CatalogSort>(sort?.TrimStart('-'), ignoreCase: true, out var by) && Enum.IsDefined(by);
        return new RunsView
        {
            Status = Enum.TryParse<RunStatus>(state, ignoreCase: true, out var status) && Enum.IsDefined(status) ? status : null,
            Text = text?.Trim() ?? "",
            Sort = isSorted ? by : CatalogSort.Created,
            Ascending = isSorted && !isDescending,
            Page = Math.Max((page ?? 1) - 1, 0),
        };
    }

    /// <summary>The address of this view.</summary>
    public string Address()
    {
        List<string> parts = [];
        if (Status is { } status)
        {
            parts.Add($"state={status.ToString().ToLowerInvariant()}");
        }

        if (Text.Length > 0)
        {
            parts.Add($"q={Uri.EscapeDataString(Text)}");
        }

        if (Sort != CatalogSort.Created || Ascending)
        {
            parts.Add($"sort={(Ascending ? "" : "-")}{Sort.ToString().ToLowerInvariant()}");
        }

        if (Page > 0)
        {
            parts.Add(string.Create(CultureInfo.InvariantCulture, $"page={Page + 1}"));
        }

        return parts.Count == 0 ? "/" : "/?" + string.Join('&', parts);
    }

    /// <summary>The query for the index of runs.</summary>
    public CatalogQuery Query() => new()
    {
        Statuses = Status is { } status ? [status] : [],
        Text = Text.Length > 0 ? Text : null,
        Sort = Sort,
        Ascending = Ascending,
        Offset = Page * PageSize,
        Limit = PageSize,
    };

    /// <summary>This view with another state, from its first page.</summary>
    /// <param name="status">The state; null for all.</param>
    public RunsView In(RunStatus? status) => this with { Status = status, Page = 0 };

    /// <summary>This view as a table's page and order.</summary>
    public TableRequest Request() => new(Page, Columns.First(column => column.Value == Sort).Key, Ascending);

    /// <summary>This view with the page and order that a table asks for.</summary>
    /// <param name="request">What is asked for.</param>
    public RunsView With(TableRequest request) => this with
    {
        Page = request.Page,
        Sort = request.SortBy is { } title ? Columns[title] : CatalogSort.Created,
        Ascending = request.SortBy is not null && request.Ascending,
    };

    /// <summary>States that are worth a filter: those that runs are in, and the one that is chosen, in the order of <see cref="RunStatus"/>.</summary>
    /// <param name="counts">Runs in each state.</param>
    public ImmutableArray<(RunStatus Status, int Count)> Filters(IReadOnlyDictionary<RunStatus, int> counts) =>
    [
        .. Enum.GetValues<RunStatus>()
            .Where(status => counts.GetValueOrDefault(status) > 0 || status == Status)
            .Select(status => (status, counts.GetValueOrDefault(status))),
    ];
}
