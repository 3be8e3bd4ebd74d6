using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Poa.Actors.Dashboard.Security.Accounts;

/// <summary>
/// <c>dashboard/accounts.json</c> in the data folder, readable by its owner only. Writers of several processes wait for one another
/// (the host, and <c>poa accounts</c>); a reader sees one whole version.
/// </summary>
internal sealed class AccountsFile(string home)
{
    private const int Version = 1;
    private static readonly TimeSpan LockWait = TimeSpan.FromMilliseconds(50);
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase, allowIntegerValues: false) },
    };

    private readonly string path = Path.Combine(DashboardFolder.In(home), "accounts.json");

    /// <summary>Tells one version of the file from another; changes with every write.</summary>
    public (DateTime Written, long Length) Mark()
    {
        var file = new FileInfo(path);
        return file.Exists ? (file.LastWriteTimeUtc, file.Length) : default;
    }

    /// <summary>All accounts; none if there is no file.</summary>
    /// <exception cref="PoaException">The file is damaged. It is never overwritten then.</exception>
    public ImmutableArray<Account> Read()
    {
        try
        {
            var content = JsonSerializer.Deserialize<Content>(File.ReadAllText(path), Json);
            return content is { Version: Version, Accounts.IsDefault: false } && content.Accounts.All(a => !a.Keys.IsDefault)
                ? content.Accounts
                : throw Damaged($"it is not of version {Version}", null);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return [];
        }
        catch (JsonException e)
        {
            throw Damaged(e.Message, e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new PoaException(new WorkError(ErrorCodes.DamagedFile, $"{path} cannot be read: {e.Message}", "Mend its permissions."), e);
        }
    }

    /// <summary>Replaces the accounts by a function of those there are.</summary>
    /// <param name="change">May be run only while nobody else writes; an exception leaves the file as it is.</param>
    /// <param name="cancellationToken">Stops waiting for another writer.</param>
    public async Task UpdateAsync(Func<ImmutableArray<Account>, ImmutableArray<Account>> change, CancellationToken cancellationToken)
    {
        DashboardFolder.Make(home);
        await using var held = await LockAsync(cancellationToken);
        var next = JsonSerializer.SerializeToUtf8Bytes(new Content(Version, change(Read())), Json);
        var temporary = path + ".new";
        File.Delete(temporary);
        await using (var file = OwnersOnly(temporary, FileMode.CreateNew, FileShare.None))
        {
            await file.WriteAsync(next, CancellationToken.None);
            file.Flush(flushToDisk: true);
        }

        File.Move(temporary, path, overwrite: true);
    }

    private async Task<FileStream> LockAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                return OwnersOnly(path + ".lock", FileMode.OpenOrCreate, FileShare.None);
            }
            catch (IOException e) when (e is not (FileNotFoundException or DirectoryNotFoundException or PathTooLongException))
            {
                // Held by another process for the few milliseconds of a change.
                await Task.Delay(LockWait, cancellationToken);
            }
        }
    }

    private static FileStream OwnersOnly(string path, FileMode mode, FileShare share)
    {
        var options = new FileStreamOptions { Mode = mode, Access = FileAccess.ReadWrite, Share = share };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        return new FileStream(path, options);
    }

    private PoaException Damaged(string why, Exception? inner) => new(
        new WorkError(ErrorCodes.DamagedFile, $"{path} cannot be read: {why}", "Put a copy of it back, or delete it and add the accounts again with: poa accounts add"), inner);

    private sealed record Content(int Version, ImmutableArray<Account> Accounts);
}
