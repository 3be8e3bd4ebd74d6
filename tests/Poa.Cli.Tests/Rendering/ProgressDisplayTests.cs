using Microsoft.Extensions.Time.Testing;
using Poa.Cli.Rendering;
using Xunit;

namespace Poa.Cli.Tests.Rendering;

public sealed class ProgressDisplayTests
{
    private readonly StringWriter error = new() { NewLine = "\n" };
    private readonly FakeTimeProvider time = new();

    [Fact]
    public void Line_AllParts_ReadsInOrder() =>
        Assert.Equal(
            "run-1 running [######------------------]  25 %  300/1200 steps  281 images/s  loss 5.132  3:12 left",
            ProgressText.Line(new("run-1 running", 300, 1200, "steps", 281.2, 5.1317, TimeSpan.FromSeconds(192)), bar: true));

    [Fact]
    public void Line_TotalUnknown_LeavesOutTheShare() =>
        Assert.Equal("run-1 queued", ProgressText.Line(new("run-1 queued", 0, 0, "steps"), bar: false));

    [Fact]
    public void Show_Piped_PrintsALineEveryFiveSecondsAndAtEachStateChange()
    {
        using (var display = new ProgressDisplay(Context(interactive: false)))
        {
            display.Show(new("r running", 1, 10, "steps"));
            display.Show(new("r running", 2, 10, "steps"));
            time.Advance(TimeSpan.FromSeconds(5));
            display.Show(new("r running", 3, 10, "steps"));
            display.Show(new("r completed", 10, 10, "steps"));
        }

        Assert.Equal(
            ["r running  10 %  1/10 steps", "r running  30 %  3/10 steps", "r completed 100 %  10/10 steps", ""],
            error.ToString().Split('\n'));
    }

    [Fact]
    public void Show_Terminal_DrawsOverTheSameLineAndNotesStandOnTheirOwn()
    {
        using (var display = new ProgressDisplay(Context(interactive: true)))
        {
            display.Show(new("r running", 1, 10, "steps"));
            display.Show(new("r running", 2, 10, "steps"));
            display.Note("note");
        }

        var lines = error.ToString().Split('\n');
        Assert.Equal(3, lines.Length); // progress drawn over itself, the note, and nothing after it
        Assert.Equal(2, lines[0].Count(c => c == '\r'));
        Assert.Equal("note", lines[1]);
    }

    private CliContext Context(bool interactive) => new(TextWriter.Null, error, interactive, 100, time);
}
