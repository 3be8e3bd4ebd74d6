namespace Poa.Actors;

/// <summary>Names by which the host configures grain storage.</summary>
public static class StorageNames
{
    /// <summary>The storage provider of all grains.</summary>
    public const string Provider = "poa";
}
