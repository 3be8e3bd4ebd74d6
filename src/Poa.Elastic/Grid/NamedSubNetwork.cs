namespace Poa.Elastic;

/// <summary>A cell of a grid that has a name of its own.</summary>
/// <param name="Name">Such as <c>smallest</c> or <c>B</c>.</param>
/// <param name="SubNetwork">The cell.</param>
public readonly record struct NamedSubNetwork(string Name, SubNetwork SubNetwork);
