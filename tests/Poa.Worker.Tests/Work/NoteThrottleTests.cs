using Poa.Training.Session;
using Poa.Worker.Work;
using Xunit;

namespace Poa.Worker.Tests.Work;

public sealed class NoteThrottleTests
{
    [Fact]
    public void Pass_TheSameThingAThousandTimes_BecomesAFewNotes()
    {
        var throttle = new NoteThrottle();

        var notes = Enumerable.Range(1, 1000).Select(i => throttle.Pass(SessionEventKind.StepNotApplied, $"Step {i}.")).OfType<string>().ToArray();

        Assert.Equal(11, notes.Length);
        Assert.Equal(["Step 1.", "Step 2.", "Step 3.", "Step 4."], notes[..4]);
        Assert.StartsWith("Step 512. This was the 512th time", notes[^1], StringComparison.Ordinal);
    }

    [Fact]
    public void Pass_AnotherKind_IsNotDrownedByTheFirst()
    {
        var throttle = new NoteThrottle();
        for (var i = 0; i < 5; i++)
        {
            throttle.Pass(SessionEventKind.StepNotApplied, "step");
        }

        Assert.Equal("image", throttle.Pass(SessionEventKind.UnreadableImage, "image"));
    }
}
