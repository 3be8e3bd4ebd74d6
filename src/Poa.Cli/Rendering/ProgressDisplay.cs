namespace Poa.Cli.Rendering;

/// <summary>
/// Shows progress on standard error: in place on a terminal, otherwise a line every few seconds and whenever the title
/// (the state) changes.
/// </summary>
internal sealed class ProgressDisplay(CliContext context) : IDisposable
{
    private const string EraseToEnd = "\u001b[K";
    private static readonly TimeSpan LineEvery = TimeSpan.FromSeconds(5);
    private long lastShown;
    private string lastTitle = "";
    private bool open;

    /// <summary>Shows <paramref name="progress"/>, now or never: intermediate ones may be left out.</summary>
    public void Show(ProgressSnapshot progress)
    {
        if (context.Interactive)
        {
            var line = ProgressText.Line(progress, bar: true);
            // A line longer than the terminal would wrap and could not be drawn over.
            context.Error.Write('\r' + (line.Length >= context.Width ? line[..(context.Width - 1)] : line) + EraseToEnd);
            open = true;
            return;
        }

        var changed = progress.Title != lastTitle;
        if (!changed && lastShown != 0 && context.Time.GetElapsedTime(lastShown) < LineEvery)
        {
            return;
        }

        lastTitle = progress.Title;
        lastShown = context.Time.GetTimestamp();
        context.Error.WriteLine(ProgressText.Line(progress, bar: false));
    }

    /// <summary>A lasting line among the progress: a warning, an event.</summary>
    public void Note(string text)
    {
        EndLine();
        context.Error.WriteLine(text);
    }

    /// <summary>Leaves the last line standing.</summary>
    public void Dispose() => EndLine();

    private void EndLine()
    {
        if (open)
        {
            context.Error.WriteLine();
            open = false;
        }
    }
}
