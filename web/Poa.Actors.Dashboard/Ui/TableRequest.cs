namespace Poa.Actors.Dashboard.Ui;

/// <summary>The part of a long list that a table shows.</summary>
/// <param name="Page">Index of the page, from 0.</param>
/// <param name="SortBy">Title of the column to sort by; null for the order of the list.</param>
/// <param name="Ascending">Smallest first.</param>
public sealed record TableRequest(int Page = 0, string? SortBy = null, bool Ascending = false);
