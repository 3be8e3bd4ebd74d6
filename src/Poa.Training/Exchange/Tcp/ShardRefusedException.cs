namespace Poa.Training.Exchange.Tcp;

/// <summary>A member of a formation does not take this one in: it belongs to another generation or run, or has not the token.</summary>
/// <param name="message">Who refused and why.</param>
public sealed class ShardRefusedException(string message) : Exception(message);
