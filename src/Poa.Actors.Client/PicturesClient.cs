using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
using Poa.Storage;

namespace Poa.Actors.Client;

/// <summary>Pictures that belong to stored results of evaluations.</summary>
public sealed class PicturesClient
{
    private readonly PoaClient _client;

    internal PicturesClient(PoaClient client) => _client = client;

    /// <summary>Name of a picture's blob.</summary>
    /// <param name="key">The evaluation.</param>
    /// <param name="picture">One that its result lists.</param>
    public static string BlobOf(EvaluationKey key, EvaluationPicture picture)
    {
        ArgumentNullException.ThrowIfNull(key);
        ArgumentNullException.ThrowIfNull(picture);
        return BlobLayout.EvaluationPictures(key.Run, key.Iteration, key.SubNetwork, key.Question) + picture.Name;
    }

    /// <summary>The pictures of an evaluation's stored result; null if there is no result.</summary>
    /// <param name="key">The evaluation.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    public async Task<PictureSet?> FindAsync(EvaluationKey key, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(key);
        var job = await Calls.GuardAsync(() => _client.Cluster.GetGrain<IEvaluationJobGrain>(key.ToString()).GetAsync(cancellationToken));
        return job.Result is { } result ? new(key, job.FinishedAt, result.Pictures) : null;
    }

    /// <summary>The pictures of a sub-network that were computed last: of the newest checkpoint that has any, whatever its images and options.</summary>
    /// <param name="run">Run id.</param>
    /// <param name="subNetwork">Name of the sub-network.</param>
    /// <param name="benchmark">One of <see cref="Benchmarks"/>.</param>
    /// <param name="iteration">Iteration of the checkpoint; null for the newest that has some.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <returns>At least one picture; null if no result has any.</returns>
    /// <exception cref="PoaException">There is no such run, or the name is not on its grid (the message lists the legal ones).</exception>
    public async Task<PictureSet?> FindNewestAsync(
        string run, string subNetwork, string benchmark, long? iteration = null, CancellationToken cancellationToken = default)
    {
        var name = await Calls.GuardAsync(async () => (await _client.Runs.ConfigurationAsync(run, cancellationToken)).Grid().Parse(subNetwork));
        var rows = (await _client.Results.AllAsync(run, cancellationToken))
            .Where(row => row.SubNetwork == name.ToString() && row.Result.Benchmark == benchmark && !row.Result.Pictures.IsEmpty && (iteration ?? row.Iteration) == row.Iteration)
            .ToList();
        var sets = await Task.WhenAll(rows.Where(row => row.Iteration == rows.Max(other => other.Iteration))
            .Select(row => FindAsync(EvaluationKey.Of(run, row.Iteration, row.SubNetwork, row.Question), cancellationToken)));
        return sets.OfType<PictureSet>().Where(set => !set.Pictures.IsEmpty).MaxBy(set => set.FinishedAt);
    }

    /// <summary>Downloads pictures into a folder, as <c>384x12.coco.01.jpg</c> and so on, with their hashes verified.</summary>
    /// <param name="set">The pictures.</param>
    /// <param name="folder">The folder; made if it does not exist. Files of these names are replaced.</param>
    /// <param name="cancellationToken">Stops the download.</param>
    /// <returns>Paths of the files, in the order of the pictures.</returns>
    /// <exception cref="PoaException">A picture is missing or damaged.</exception>
    public async Task<IReadOnlyList<string>> ToFolderAsync(PictureSet set, string folder, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(set);
        Directory.CreateDirectory(folder);
        var paths = new List<string>();
        foreach (var (index, picture) in set.Pictures.Index())
        {
            var path = Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"{set.Key.SubNetwork}.{set.Key.Benchmark}.{index + 1:D2}.jpg"));
            await _client.Downloads.ToFileAsync(BlobOf(set.Key, picture), path, cancellationToken);
            await using var file = File.OpenRead(path);
            if (Convert.ToHexStringLower(await SHA256.HashDataAsync(file, cancellationToken)) != picture.Sha256)
            {
                throw new PoaException(ErrorCodes.DamagedFile, $"The picture {picture.Name} is not the one that was stored.", "Evaluate the sub-network again, with: --recompute");
            }

            paths.Add(path);
        }

        return paths;
    }
}

/// <summary>The pictures of a stored result.</summary>
/// <param name="Key">The evaluation.</param>
/// <param name="FinishedAt">When the result was stored.</param>
/// <param name="Pictures">The pictures, in their order.</param>
public sealed record PictureSet(EvaluationKey Key, DateTimeOffset? FinishedAt, ImmutableArray<EvaluationPicture> Pictures);
