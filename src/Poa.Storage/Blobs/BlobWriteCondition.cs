namespace Poa.Storage;

/// <summary>What must hold for a write to happen; checked in one step with the publication.</summary>
public sealed record BlobWriteCondition
{
    private BlobWriteCondition(bool mustBeAbsent, string? etag) => (MustBeAbsent, ETag) = (mustBeAbsent, etag);

    /// <summary>Writes in any case.</summary>
    public static BlobWriteCondition Overwrite { get; } = new(false, null);

    /// <summary>Writes only where no blob of that name exists.</summary>
    public static BlobWriteCondition IfAbsent { get; } = new(true, null);

    /// <summary>True for <see cref="IfAbsent"/>.</summary>
    public bool MustBeAbsent { get; }

    /// <summary>The ETag asked for; null if none is.</summary>
    public string? ETag { get; }

    /// <summary>Writes only over the content that has this ETag.</summary>
    public static BlobWriteCondition IfMatch(string etag)
    {
        ArgumentException.ThrowIfNullOrEmpty(etag);
        return new(false, etag);
    }

    /// <exception cref="BlobConditionException">The condition does not hold for <paramref name="current"/>.</exception>
    internal void Check(string name, string? current)
    {
        if (MustBeAbsent && current is not null)
        {
            throw BlobConditionException.Exists(name);
        }

        if (ETag is not null && ETag != current)
        {
            throw BlobConditionException.Changed(name, ETag, current);
        }
    }
}
