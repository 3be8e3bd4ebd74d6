namespace Poa.Storage;

/// <summary>Opens the blob store that a configuration names.</summary>
public static class BlobStoreFactory
{
    /// <summary>Environment variable with the Azure Storage connection string; holds a secret, so it is taken from nowhere else.</summary>
    public const string ConnectionVariable = "POA_BLOB_CONNECTION";

    /// <summary>Environment variable with the shared-access signature for <c>azure:https://...</c>.</summary>
    public const string SasVariable = "POA_BLOB_SAS";

    /// <summary>
    /// Opens a store. Nothing is contacted yet: an Azure container is made at the first upload, and an unreachable one shows then.
    /// </summary>
    /// <param name="spec">
    /// A folder's path (or <c>folder:PATH</c>); <c>azure:CONTAINER</c> with the connection string in <see cref="ConnectionVariable"/>;
    /// or <c>azure:https://ACCOUNT.blob.core.windows.net/CONTAINER</c> with a signature in <see cref="SasVariable"/>.
    /// </param>
    /// <param name="environment">Reads environment variables; null for the process's own.</param>
    /// <exception cref="StorageException">The specification is wrong, or the folder cannot be made.</exception>
    public static IBlobStore Open(string spec, Func<string, string?>? environment = null)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(spec);
        environment ??= Environment.GetEnvironmentVariable;
        if (spec.StartsWith("azure:", StringComparison.Ordinal))
        {
            var target = spec["azure:".Length..];
            return target.Contains("://", StringComparison.Ordinal)
                ? AzureBlobStore.FromUrl(target, Required(environment, SasVariable, "a shared-access signature"))
                : AzureBlobStore.FromConnectionString(Required(environment, ConnectionVariable, "an Azure Storage connection string"), target);
        }

        // The text is not repeated in the message: it is likely to hold a key.
        return spec.Contains("AccountName=", StringComparison.OrdinalIgnoreCase) || spec.Contains("SharedAccessSignature=", StringComparison.OrdinalIgnoreCase)
            ? throw new StorageException(
                StorageFault.Configuration,
                "The blob store is given as a connection string, which holds a secret.",
                $"Put it into the environment variable {ConnectionVariable}, and name the store azure:CONTAINER.")
            : new LocalBlobStore(spec.StartsWith("folder:", StringComparison.Ordinal) ? spec["folder:".Length..] : spec);
    }

    private static string Required(Func<string, string?> environment, string variable, string what) =>
        environment(variable) is { Length: > 0 } value
            ? value
            : throw new StorageException(StorageFault.Configuration, $"The environment variable {variable} is not set.", $"Set it to {what}.");
}
