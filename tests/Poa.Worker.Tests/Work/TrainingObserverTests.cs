using System.Text;
using Poa.Actors.Abstractions;
using Poa.Storage;
using Poa.Training.Session;
using Poa.Worker.Execution;
using Poa.Worker.Tests.Execution;
using Poa.Worker.Work;
using Xunit;

namespace Poa.Worker.Tests.Work;

public sealed class TrainingObserverTests
{
    [Fact]
    public async Task OnEvent_EveryStepSkipped_FewNotesAndAllInTheLog()
    {
        using var bench = new WorkBench();
        using var stop = new StopSignal();
        var context = bench.Context(new TrainingShardWork(TinyRun.Id, TinyRun.Yaml, "demo"), stop);
        var metrics = await MetricsLog.OpenAsync(bench.Blobs, TinyRun.Id, 0, TestContext.Current.CancellationToken);
        var publisher = new CheckpointPublisher(
            context, new CheckpointStore(bench.Blobs), metrics, new ConfigurationText("", ""), new CheckpointRetention(1, null), TinyRun.Steps, TimeProvider.System);
        var observer = new TrainingObserver(context, metrics, publisher, TrainingTally.Zero, 0, TinyRun.Steps);

        for (var i = 0; i < 500; i++)
        {
            observer.OnEvent(new SessionEvent(SessionEventKind.StepNotApplied, i, $"Step {i} changed nothing."));
        }

        await observer.TickAsync();

        var notes = bench.Reporter.Of<RecordingReporter.Note>().ToArray();
        Assert.Equal(10, notes.Length);
        Assert.All(notes, note => Assert.Equal(NoteLevel.Warning, note.Level));
        var log = Encoding.UTF8.GetString(context.Log.TakeChanged()!);
        Assert.All(Enumerable.Range(0, 500), i => Assert.Contains($"WARN  Step {i} changed nothing.", log, StringComparison.Ordinal));
    }
}
