namespace Poa.Actors.Abstractions;

/// <summary>
/// Priorities of runs and sweeps. A higher one is served first. One that is higher by the cluster's <c>PreemptionDifference</c> (10 as
/// shipped) or more does not wait for lower work to end: that is asked to write a checkpoint and to make room.
/// </summary>
public static class WorkPriority
{
    /// <summary>What nobody asked otherwise for.</summary>
    public const int Default = 0;

    /// <summary>The lowest.</summary>
    public const int Lowest = -100;

    /// <summary>The highest.</summary>
    public const int Highest = 100;

    /// <summary>Returns the priority, or throws an error that states the range.</summary>
    /// <param name="priority">The priority to check.</param>
    /// <exception cref="PoaException">It is out of range (<see cref="ErrorCodes.InvalidArgument"/>).</exception>
    public static int Validate(int priority) => priority is >= Lowest and <= Highest
        ? priority
        : throw new PoaException(
            ErrorCodes.InvalidArgument, $"The priority is {priority}.", $"Choose one in [{Lowest}, {Highest}]; {Default} is the usual one.");
}
