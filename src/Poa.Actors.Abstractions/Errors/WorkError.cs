namespace Poa.Actors.Abstractions;

/// <summary>What went wrong, as data: it is kept in the state of the job it stopped and shown to people as it stands.</summary>
/// <param name="Code">One of <see cref="ErrorCodes"/> or a code of the worker: lower-case words with dashes, stable.</param>
/// <param name="Message">What happened; names the file, field and value.</param>
/// <param name="Remedy">What to do about it.</param>
/// <param name="Retryable">
/// True for faults of the infrastructure, which the same work may survive on another try; false for faults in what was asked for.
/// </param>
[GenerateSerializer, Immutable, Alias("poa.WorkError")]
public sealed record WorkError(
    [property: Id(0)] string Code,
    [property: Id(1)] string Message,
    [property: Id(2)] string Remedy,
    [property: Id(3)] bool Retryable = false)
{
    /// <summary>The error on one line: message, then remedy.</summary>
    public override string ToString() => $"{Message} {Remedy} [{Code}]";
}
