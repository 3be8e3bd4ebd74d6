namespace Poa.Training.Session;

/// <summary>The rollbacks that a run has behind it, as far as they change how it goes on.</summary>
/// <param name="Rollbacks">How many, at least 0.</param>
/// <param name="LearningRateFactor">Factor on the scheduled learning rate, in (0, 1].</param>
public sealed record SessionCourse(int Rollbacks, double LearningRateFactor)
{
    /// <summary>That of a run that was never rolled back.</summary>
    public static SessionCourse Undisturbed { get; } = new(0, 1);
}
