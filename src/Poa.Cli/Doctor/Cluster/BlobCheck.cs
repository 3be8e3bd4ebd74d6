using System.Diagnostics;
using System.Security.Cryptography;
using Poa.Actors.Abstractions;
using Poa.Actors.Silo;
using Poa.Cli.Rendering;
using Poa.Storage;

namespace Poa.Cli.Doctor.Cluster;

/// <summary>The blob store, as this machine reaches it: write, read back, delete.</summary>
internal static class BlobCheck
{
    private const int Size = 1 << 16;
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    /// <param name="specification">As <see cref="BlobStoreFactory.Open"/> takes it; null if nothing says where it is.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static async Task<Check> RunAsync(string? specification, CancellationToken cancellationToken)
    {
        if (string.IsNullOrWhiteSpace(specification))
        {
            return new Check("blobs", CheckStatus.Failed, "not looked at: no silo says where they are", $"Start a silo, or set {ClusterHostSettings.BlobStoreVariable}.");
        }

        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Limit);
        try
        {
            var store = BlobStoreFactory.Open(specification, SecretVariables.Read);
            var took = await ProbeAsync(store, limit.Token).ConfigureAwait(false);
            return new Check("blobs", CheckStatus.Ok, string.Create(Formats.Plain, $"{store.Description}: written, read and deleted in {took.TotalMilliseconds:F0} ms"));
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new Check("blobs", CheckStatus.Failed, string.Create(Formats.Plain, $"{specification} did not answer within {Limit.TotalSeconds:F0} s"), "Check the network and that the service runs.");
        }
    }

    private static async Task<TimeSpan> ProbeAsync(IBlobStore store, CancellationToken cancellationToken)
    {
        var clock = Stopwatch.StartNew();
        var (name, content) = ($"doctor/probe-{Guid.NewGuid():N}", RandomNumberGenerator.GetBytes(Size));
        using var source = new MemoryStream(content);
        await store.UploadAsync(name, source, BlobWriteCondition.IfAbsent, cancellationToken: cancellationToken).ConfigureAwait(false);
        try
        {
            using var read = new MemoryStream();
            await using var stream = await store.OpenReadAsync(name, cancellationToken: cancellationToken).ConfigureAwait(false);
            await stream.CopyToAsync(read, cancellationToken).ConfigureAwait(false);
            if (!read.ToArray().AsSpan().SequenceEqual(content))
            {
                throw new StorageException(StorageFault.Damaged, $"The {store.Description} gives other bytes than were written.", "Check its disk and memory; do not train on it.");
            }
        }
        finally
        {
            await store.DeleteAsync(name, cancellationToken: cancellationToken).ConfigureAwait(false);
        }

        return await store.FindAsync(name, cancellationToken).ConfigureAwait(false) is null
            ? clock.Elapsed
            : throw new StorageException(StorageFault.Other, $"The {store.Description} does not delete.", "Grant the right to delete: checkpoints that are no longer kept would stay.");
    }
}
