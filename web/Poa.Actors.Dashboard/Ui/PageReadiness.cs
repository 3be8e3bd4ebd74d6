namespace Poa.Actors.Dashboard.Ui;

/// <summary>
/// Knows whether a page has what it shows: <c>main</c> then carries <c>data-ready</c>. Tests and measurements wait for it.
/// </summary>
/// <param name="changed">Called when the answer may have changed.</param>
public sealed class PageReadiness(Action changed)
{
    private readonly HashSet<object> pending = [];

    /// <summary>True if no component waits for its first data.</summary>
    public bool IsReady => pending.Count == 0;

    /// <summary>A component begins to load.</summary>
    /// <param name="component">The component.</param>
    public void Begun(object component) => pending.Add(component);

    /// <summary>It has data or an error to show, or is gone.</summary>
    /// <param name="component">The component.</param>
    public void Settled(object component)
    {
        if (pending.Remove(component))
        {
            changed();
        }
    }
}
