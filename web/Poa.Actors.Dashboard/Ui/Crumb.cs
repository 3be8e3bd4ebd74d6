namespace Poa.Actors.Dashboard.Ui;

/// <summary>A page above the one that is shown.</summary>
/// <param name="Text">Its name.</param>
/// <param name="Href">Its address, such as <c>/sweeps</c>.</param>
public sealed record Crumb(string Text, string Href);

/// <summary>One of several views of a page, with an address of its own.</summary>
/// <param name="Name">Name in the address.</param>
/// <param name="Title">For people.</param>
/// <param name="Href">Its address.</param>
/// <param name="Count">A number shown beside the title.</param>
public sealed record TabItem(string Name, string Title, string Href, int? Count = null);
