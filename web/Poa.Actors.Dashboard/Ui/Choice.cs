namespace Poa.Actors.Dashboard.Ui;

/// <summary>One of several things to choose from.</summary>
/// <param name="Value">What it stands for.</param>
/// <param name="Text">What people read.</param>
public sealed record Choice(string Value, string Text);
