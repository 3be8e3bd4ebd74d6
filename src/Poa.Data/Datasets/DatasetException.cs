namespace Poa.Data.Datasets;

/// <summary>A dataset cannot be opened as specified. The message names the specification or folder and what to do.</summary>
public sealed class DatasetException : Exception
{
    /// <param name="message">What is wrong, where, and the remedy.</param>
    public DatasetException(string message)
        : base(message)
    {
    }

    /// <param name="message">What is wrong, where, and the remedy.</param>
    /// <param name="inner">The error met.</param>
    public DatasetException(string message, Exception inner)
        : base(message, inner)
    {
    }
}
