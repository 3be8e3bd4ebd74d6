using Poa.Training.Step;

namespace Poa.Training.Session;

/// <summary>Sums the time of a step by phase; phases of several virtual shards come one after the other.</summary>
internal sealed class PhaseClock(TimeProvider time)
{
    private readonly TimeSpan[] sums = new TimeSpan[Enum.GetValues<StepPhase>().Length];
    private long last;

    /// <summary>A step begins.</summary>
    public void Begin()
    {
        Array.Clear(sums);
        last = time.GetTimestamp();
    }

    /// <summary>A phase ends, and the next one begins.</summary>
    public void End(StepPhase phase)
    {
        var now = time.GetTimestamp();
        sums[(int)phase] += time.GetElapsedTime(last, now);
        last = now;
    }

    /// <summary>The step so far.</summary>
    public IReadOnlyDictionary<StepPhase, double> Seconds() => Enum.GetValues<StepPhase>().ToDictionary(phase => phase, phase => sums[(int)phase].TotalSeconds);
}
