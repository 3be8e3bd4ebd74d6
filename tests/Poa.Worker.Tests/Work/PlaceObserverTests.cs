using Poa.Actors.Abstractions;
using Poa.Training.Session;
using Poa.Worker.Execution;
using Poa.Worker.Work;
using Xunit;

namespace Poa.Worker.Tests.Work;

public sealed class PlaceObserverTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("poa-place-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void OnCheckpoint_BetweenSteps_SaysNothingWhileItIsHandedOn()
    {
        var lease = new WorkLease("train/r/0", 7, "local/cpu", new TrainingShardWork("r", "", "demo"), new WorkOwner(WorkOwnerKind.TrainingRun, "r"), 1);
        using var place = PlaceFile.Create(lease, folder);
        var inner = new Handover(() => PlaceFile.Read(folder));
        var observer = new PlaceObserver(inner, place);

        observer.OnStep(new(8, "64x2", 1, new Dictionary<string, float>(), new Dictionary<string, double>(), true, 0, 0, 0, 0, 0, 4, 1, 0));
        Assert.Equal(("training", 9), (PlaceFile.Read(folder)?.Stage, PlaceFile.Read(folder)?.Step));

        observer.OnCheckpoint("9", 9);
        Assert.Equal([null], inner.Seen);
        Assert.Equal(("training", 9), (PlaceFile.Read(folder)?.Stage, PlaceFile.Read(folder)?.Step));
    }

    private sealed class Handover(Func<InterruptedTraining?> look) : ISessionObserver
    {
        public List<InterruptedTraining?> Seen { get; } = [];

        public void OnStep(StepRecord record)
        {
        }

        public void OnCheckpoint(string folder, long iteration) => Seen.Add(look());

        public void OnEvent(SessionEvent sessionEvent)
        {
        }
    }
}
