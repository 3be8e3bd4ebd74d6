namespace Poa.Data.Datasets;

/// <summary>An image of a dataset cannot be decoded. The message names the item and the reason.</summary>
public sealed class UnreadableImageException : Exception
{
    /// <param name="item">The file's path or the item's description.</param>
    /// <param name="reason">Why it cannot be read, in words.</param>
    /// <param name="inner">The error met, where there was one.</param>
    public UnreadableImageException(string item, string reason, Exception? inner = null)
        : base($"Cannot read image {item}: {reason}.", inner)
    {
        Item = item;
        Reason = reason;
    }

    /// <summary>The file's path or the item's description.</summary>
    public string Item { get; }

    /// <summary>Why it cannot be read, in words, without a full stop.</summary>
    public string Reason { get; }
}
