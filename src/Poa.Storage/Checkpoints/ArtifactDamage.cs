namespace Poa.Storage;

/// <summary>One blob that is not what its manifest says.</summary>
/// <param name="Blob">Full name of the blob.</param>
/// <param name="Expected">What the manifest (or the form) asks for.</param>
/// <param name="Actual">What was found; "missing" where nothing was.</param>
public sealed record ArtifactDamage(string Blob, string Expected, string Actual)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Blob}: expected {Expected}, found {Actual}";
}

/// <summary>A blob of a checkpoint or of an extracted sub-network is missing or damaged.</summary>
public sealed class CheckpointDamagedException(ArtifactDamage damage, Exception? innerException = null) : StorageException(
    StorageFault.Damaged,
    $"Damaged blob {damage}.",
    "Use an earlier checkpoint (a resumed run does so by itself), or publish this one again.",
    innerException)
{
    /// <summary>Which blob, and how it differs.</summary>
    public ArtifactDamage Damage { get; } = damage;

    /// <summary>Full name of the blob.</summary>
    public string Blob => Damage.Blob;
}

/// <summary>Another checkpoint (or sub-network) was published under the same name before, with other content.</summary>
public sealed class CheckpointConflictException(string folder, string difference) : StorageException(
    StorageFault.Condition,
    $"{folder} is published already, with other content: {difference}.",
    "Publish with PublishConflict.Replace if the new content shall take its place.")
{
    /// <summary>Name prefix of the blobs.</summary>
    public string Folder { get; } = folder;
}

/// <summary>What a publication does where another with different content stands.</summary>
public enum PublishConflict
{
    /// <summary>It fails with <see cref="CheckpointConflictException"/>.</summary>
    Fail,

    /// <summary>
    /// It withdraws the other (manifest first) and takes its place: for a run that went back to an earlier checkpoint and comes to the
    /// same iteration with other bits (another machine, thread count or software version).
    /// </summary>
    Replace,
}
