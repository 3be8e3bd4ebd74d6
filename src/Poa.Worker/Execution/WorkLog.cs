using System.Globalization;
using System.Text;
using Poa.Actors.Abstractions;

namespace Poa.Worker.Execution;

/// <summary>
/// What happened during a piece of work, for people to read next to its failure: the newest lines, within a limit. Safe to use from
/// any thread, never fails, never waits; <see cref="WorkLogWriter"/> puts it where it outlives the worker.
/// </summary>
internal sealed class WorkLog(TimeProvider time)
{
    /// <summary>Bytes of UTF-8 that are kept.</summary>
    public const int MaxBytes = 256 * 1024;

    private static readonly TimeSpan ProgressInterval = TimeSpan.FromSeconds(30);

    private readonly Lock gate = new();
    private readonly Queue<byte[]> lines = new();
    private int bytes;
    private bool isDirty;
    private (string Phase, long Time)? lastProgress;

    /// <summary>Part of the ordinary course.</summary>
    public void Information(string message) => Add("INFO ", message);

    /// <summary>Work goes on, but somebody should look.</summary>
    public void Warning(string message) => Add("WARN ", message);

    /// <summary>Work ends because of this; with its stack.</summary>
    public void Error(Exception exception) => Add("ERROR", exception.ToString());

    /// <summary>A note that the owner gets, too.</summary>
    public void Note(NoteLevel level, string message) => Add(level switch { NoteLevel.Warning => "WARN ", NoteLevel.Error => "ERROR", _ => "INFO " }, message);

    /// <summary>How far the work is; a line now and then, and one whenever it comes to another phase.</summary>
    public void Progress(WorkProgress progress)
    {
        lock (gate)
        {
            if (lastProgress is { } last && last.Phase == progress.Phase && time.GetElapsedTime(last.Time) < ProgressInterval)
            {
                return;
            }

            lastProgress = (progress.Phase, time.GetTimestamp());
        }

        Information(Text(progress));
    }

    /// <summary>The whole text, UTF-8; null if it is as it was at the last call.</summary>
    public byte[]? TakeChanged()
    {
        lock (gate)
        {
            if (!isDirty)
            {
                return null;
            }

            isDirty = false;
            return [.. lines.SelectMany(line => line)];
        }
    }

    /// <summary>What was taken has not arrived: the next call gives it again.</summary>
    public void GiveBack()
    {
        lock (gate)
        {
            isDirty = true;
        }
    }

    private static string Text(WorkProgress progress)
    {
        var text = new StringBuilder().Append(CultureInfo.InvariantCulture, $"{progress.Phase}: {progress.Done} of {progress.Total} {progress.Unit}");
        if (progress.Loss is { } loss)
        {
            text.Append(CultureInfo.InvariantCulture, $", loss {loss:F4}");
        }

        if (progress.LearningRate is { } rate)
        {
            text.Append(CultureInfo.InvariantCulture, $", learning rate {rate:G4}");
        }

        if (progress.ImagesPerSecond is { } images)
        {
            text.Append(CultureInfo.InvariantCulture, $", {images:F1} images/s");
        }

        if (progress.Remaining is { } remaining)
        {
            text.Append(CultureInfo.InvariantCulture, $", {remaining:d\\.hh\\:mm\\:ss} left");
        }

        return text.ToString();
    }

    private void Add(string level, string message)
    {
        var start = $"{time.GetUtcNow().ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture)} {level} ";
        lock (gate)
        {
            foreach (var line in LogText.Lines(message))
            {
                var encoded = Encoding.UTF8.GetBytes($"{start}{line}\n");
                lines.Enqueue(encoded);
                bytes += encoded.Length;
            }

            while (bytes > MaxBytes)
            {
                bytes -= lines.Dequeue().Length;
            }

            isDirty = true;
        }
    }
}
