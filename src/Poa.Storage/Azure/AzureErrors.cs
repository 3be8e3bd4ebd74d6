using Azure;
using Azure.Storage.Blobs.Models;

namespace Poa.Storage;

/// <summary>Turns what Azure's client throws into a <see cref="StorageException"/> that says what to do.</summary>
internal static class AzureErrors
{
    /// <returns>The clear form; null if this is no error of the service.</returns>
    public static StorageException? Translate(Exception exception, string blob, string store) => exception switch
    {
        RequestFailedException { Status: 404 } e when e.ErrorCode == BlobErrorCode.ContainerNotFound => new(
            StorageFault.NotFound, $"The {store} does not exist.", "It is made at the next upload.", e),
        RequestFailedException { Status: 404 } e => new BlobNotFoundException(blob, store, e),
        RequestFailedException { Status: 401 or 403 } e => new(
            StorageFault.AccessDenied, $"The {store} refuses access to {blob} ({e.ErrorCode}).",
            "Check the credentials, their rights and their expiry, and this machine's clock.", e),
        RequestFailedException { Status: 507 } e => new(StorageFault.Full, $"The {store} has no space left for {blob}.", "Free some space there.", e),
        RequestFailedException { Status: 0 or 408 or 429 or >= 500 } e => Unavailable(e, blob, store),

        // Several attempts failed (the client's own retries).
        AggregateException e when e.InnerExceptions.All(inner => inner is RequestFailedException or IOException or OperationCanceledException) => Unavailable(e, blob, store),
        RequestFailedException e => new(StorageFault.Other, $"The {store} failed for {blob} with status {e.Status} ({e.ErrorCode}).", null, e),
        _ => null,
    };

    private static StorageException Unavailable(Exception cause, string blob, string store) => new(
        StorageFault.Unavailable, $"The {store} cannot be reached for {blob}.", "Check the network and that the service runs; trying again may help.", cause);
}
