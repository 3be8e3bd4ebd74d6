namespace Poa.Training.Exchange;

/// <summary>A member of the formation is gone: the run has to form anew, from a checkpoint, with those that are left.</summary>
/// <param name="rank">Number of the member.</param>
/// <param name="member">The member in words, with its address if it has one.</param>
/// <param name="reason">How it was noticed.</param>
/// <param name="innerException">What the system said, if it did.</param>
public sealed class ShardLostException(int rank, string member, string reason, Exception? innerException = null)
    : Exception($"{member} is lost to the run: {reason}.", innerException)
{
    /// <summary>Number of the member.</summary>
    public int Rank { get; } = rank;

    /// <summary>The member in words, with its address if it has one.</summary>
    public string Member { get; } = member;

    /// <summary>How it was noticed.</summary>
    public string Reason { get; } = reason;

    /// <summary>The same, to be thrown on another thread with a stack trace of its own.</summary>
    internal ShardLostException Again() => new(Rank, Member, Reason, this);
}
