using System.Text;

namespace Poa.Cli.Rendering;

/// <summary>Where some long work stands, independent of what kind of work it is.</summary>
/// <param name="Title">What is going on: a run's id and state.</param>
/// <param name="Done">Units done.</param>
/// <param name="Total">Units in all; 0 where not known yet.</param>
/// <param name="Unit">Name of a unit, plural: steps, images.</param>
/// <param name="ImagesPerSecond">Rate now; null where not measured.</param>
/// <param name="Loss">Training loss (mean of the last reports); null where there is none.</param>
/// <param name="Remaining">Estimated time left; null where not known.</param>
/// <param name="Phase">What it is at, where that is worth saying.</param>
internal sealed record ProgressSnapshot(
    string Title, long Done, long Total, string Unit, double? ImagesPerSecond = null, double? Loss = null, TimeSpan? Remaining = null, string Phase = "");

/// <summary>The words of a progress line.</summary>
internal static class ProgressText
{
    private const int BarWidth = 24;

    /// <summary>
    /// For example <c>demo-7f3a running [######------------------]  26 %  312/1200 steps  281 images/s  loss 5.132  3:12 left</c>.
    /// </summary>
    public static string Line(ProgressSnapshot progress, bool bar)
    {
        var text = new StringBuilder(progress.Title);
        var fraction = progress.Total > 0 ? Math.Clamp((double)progress.Done / progress.Total, 0, 1) : 0;
        if (progress.Phase.Length > 0)
        {
            text.Append(": ").Append(progress.Phase);
        }

        if (bar)
        {
            var filled = (int)(fraction * BarWidth);
            text.Append(" [").Append('#', filled).Append('-', BarWidth - filled).Append(']');
        }

        if (progress.Total > 0)
        {
            text.Append(Formats.Plain, $" {fraction * 100,3:F0} %  {progress.Done}/{progress.Total} {progress.Unit}");
        }

        if (progress.ImagesPerSecond is { } rate)
        {
            text.Append(Formats.Plain, $"  {rate:F0} images/s");
        }

        if (progress.Loss is { } loss)
        {
            text.Append(Formats.Plain, $"  loss {loss:F3}");
        }

        if (progress.Remaining is { } left)
        {
            text.Append("  ").Append(Formats.Duration(left)).Append(" left");
        }

        return text.ToString();
    }
}
