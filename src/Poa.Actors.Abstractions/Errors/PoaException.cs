namespace Poa.Actors.Abstractions;

/// <summary>A command was refused or a job failed; <see cref="Error"/> says why and what to do. Crosses grain calls.</summary>
[GenerateSerializer, Alias("poa.PoaException")]
public sealed class PoaException : Exception
{
    /// <summary>An exception that carries an error.</summary>
    /// <param name="error">What went wrong.</param>
    /// <param name="innerException">The fault beneath it, if there is one worth keeping.</param>
    public PoaException(WorkError error, Exception? innerException = null)
        : base($"{error.Message} {error.Remedy}", innerException) => Error = error;

    /// <summary>An exception from the parts of its error.</summary>
    /// <param name="code">One of <see cref="ErrorCodes"/>.</param>
    /// <param name="message">What happened, with the values at fault.</param>
    /// <param name="remedy">What to do.</param>
    public PoaException(string code, string message, string remedy)
        : this(new WorkError(code, message, remedy))
    {
    }

    /// <summary>Code, message and remedy.</summary>
    [Id(0)]
    public WorkError Error { get; }

    /// <summary>The stable code of the error.</summary>
    public string Code => Error.Code;

    /// <summary>What to do about it.</summary>
    public string Remedy => Error.Remedy;
}
