namespace Poa.Actors.Abstractions;

/// <summary>Ids of evaluation sweeps follow the rules of <see cref="RunId"/>.</summary>
public static class SweepId
{
    /// <summary>A new id with the day and four random hexadecimal digits, such as <c>sweep-20261123-9c01</c>.</summary>
    /// <param name="time">The clock that says which day it is (UTC).</param>
    public static string New(TimeProvider time) => RunId.Stamped("sweep", time);
}
