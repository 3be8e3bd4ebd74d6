using Poa.Training.Session;

namespace Poa.Worker.Work;

/// <summary>Hears of a session on its thread, and has something to do about once a second beside it.</summary>
internal interface ITickingObserver : ISessionObserver
{
    /// <summary>Steps done so far, those of earlier sessions included.</summary>
    long Done { get; }

    /// <summary>About once a second: delivers what has come together.</summary>
    Task TickAsync();
}
