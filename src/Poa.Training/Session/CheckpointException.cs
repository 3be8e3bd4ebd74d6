namespace Poa.Training.Session;

/// <summary>A checkpoint folder cannot be used: a part is missing, does not fit the model, or belongs to another run.</summary>
public sealed class CheckpointException : Exception
{
    /// <param name="path">The folder or file.</param>
    /// <param name="faults">Everything that is wrong with it.</param>
    /// <param name="innerException">What the system said, if it did.</param>
    public CheckpointException(string path, IReadOnlyList<string> faults, Exception? innerException = null)
        : base($"The checkpoint {path} cannot be used: {string.Join("; ", faults)}.", innerException)
    {
        CheckpointPath = path;
        Faults = faults;
    }

    /// <summary>The folder or file.</summary>
    public string CheckpointPath { get; }

    /// <summary>Everything that is wrong with it, each naming what is there and what is wanted.</summary>
    public IReadOnlyList<string> Faults { get; }
}
