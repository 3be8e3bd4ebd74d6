using System.Text;
using Microsoft.Extensions.Time.Testing;
using Poa.Actors.Abstractions;
using Poa.Worker.Execution;
using Xunit;

namespace Poa.Worker.Tests.Execution;

public sealed class WorkLogTests
{
    private readonly FakeTimeProvider time = new(new DateTimeOffset(2026, 11, 23, 14, 5, 7, TimeSpan.Zero));
    private readonly WorkLog log;

    public WorkLogTests() => log = new WorkLog(time);

    [Fact]
    public void Note_OfEachLevel_IsALineWithTimeAndLevel()
    {
        log.Note(NoteLevel.Information, "one");
        log.Note(NoteLevel.Warning, "two");
        log.Note(NoteLevel.Error, "three");

        Assert.Equal("2026-11-23T14:05:07Z INFO  one\n2026-11-23T14:05:07Z WARN  two\n2026-11-23T14:05:07Z ERROR three\n", Text());
    }

    [Theory]
    [InlineData("a\u001b[2Jb", "a\uFFFD[2Jb")]
    [InlineData("a\rb\u0000c\u0085d", "a\uFFFDb\uFFFDc\uFFFDd")]
    [InlineData("photo\u202Egpj.exe", "photo\uFFFDgpj.exe")]
    [InlineData("a\u2028b\u2029c", "a\uFFFDb\uFFFDc")]
    [InlineData("a\tb", "a b")]
    [InlineData("naïve 写真 😀", "naïve 写真 😀")]
    public void Information_TextFromOutside_HoldsNoControlCharacters(string message, string expected)
    {
        log.Information(message);

        Assert.Equal($"2026-11-23T14:05:07Z INFO  {expected}\n", Text());
    }

    [Fact]
    public void Information_SeveralLines_CannotImitateALineOfTheirOwn()
    {
        log.Information("first\r\n2026-11-23T14:05:07Z ERROR forged");

        Assert.Equal("2026-11-23T14:05:07Z INFO  first\n2026-11-23T14:05:07Z INFO      2026-11-23T14:05:07Z ERROR forged\n", Text());
    }

    [Fact]
    public void Information_MoreThanFits_KeepsTheNewestWholeLines()
    {
        for (var i = 0; i < 20_000; i++)
        {
            log.Information($"line {i}");
        }

        log.Information(new string('x', 1_000_000));
        var text = Text();

        Assert.InRange(Encoding.UTF8.GetByteCount(text), WorkLog.MaxBytes - 10_000, WorkLog.MaxBytes);
        Assert.StartsWith("2026-11-23T14:05:07Z INFO  line 1", text, StringComparison.Ordinal);
        Assert.EndsWith("xxx...\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Progress_EverySecond_IsALineInHalfAMinuteAndOnePerPhase()
    {
        for (var second = 0; second < 65; second++)
        {
            log.Progress(new WorkProgress { Done = second, Total = 100, Phase = second < 3 ? "loading" : "training", Loss = 4.25, ImagesPerSecond = 280, Remaining = TimeSpan.FromHours(25) });
            time.Advance(TimeSpan.FromSeconds(1));
        }

        string[] lines = Text().TrimEnd('\n').Split('\n');
        Assert.Equal(4, lines.Length);
        Assert.Equal("2026-11-23T14:05:07Z INFO  loading: 0 of 100 iterations, loss 4.2500, 280.0 images/s, 1.01:00:00 left", lines[0]);
        Assert.Equal(["training: 3 of", "training: 33 of", "training: 63 of"], lines[1..].Select(line => line[27..line.IndexOf(" 100", StringComparison.Ordinal)]));
    }

    [Fact]
    public void TakeChanged_NothingNew_IsNullUntilGivenBack()
    {
        log.Information("one");
        Assert.NotNull(log.TakeChanged());
        Assert.Null(log.TakeChanged());
        log.GiveBack();
        Assert.NotNull(log.TakeChanged());
    }

    private string Text() => Encoding.UTF8.GetString(log.TakeChanged()!);
}
