namespace Poa.Networks;

/// <summary>A network cannot start from a file of published weights. Nothing was loaded; the message has every reason with its remedy.</summary>
public sealed class PublishedWeightsException : Exception
{
    /// <summary>Creates the error.</summary>
    /// <param name="report">A report with faults.</param>
    public PublishedWeightsException(WeightReport report)
        : base($"{(report ?? throw new ArgumentNullException(nameof(report))).File} does not fit the network, and nothing was loaded. {string.Join(" ", report.Faults)} ({report.Summary()[..^1]})") => Report = report;

    internal PublishedWeightsException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }

    /// <summary>What became of every tensor; null where the file could not be read.</summary>
    public WeightReport? Report { get; }
}
