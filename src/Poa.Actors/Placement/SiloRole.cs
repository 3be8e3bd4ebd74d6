namespace Poa.Actors;

/// <summary>What a silo is for.</summary>
public enum SiloRole
{
    /// <summary>Keeps the books and does the work: everything in one process.</summary>
    Both,

    /// <summary>Keeps the books: runs, scheduler, catalogs. Takes clients; computes nothing and needs no tensor library.</summary>
    Control,

    /// <summary>Does the work on the devices of its machine; holds no grain but those of its devices.</summary>
    Worker,
}

/// <summary>Roles as silo metadata, which every silo knows of every other one.</summary>
internal static class SiloRoles
{
    /// <summary>Key of the role; the values are the names of <see cref="SiloRole"/>.</summary>
    public const string RoleKey = "role";

    /// <summary>Key of the id of the worker process.</summary>
    public const string WorkerKey = "worker";

    /// <summary>Key of the version of the software.</summary>
    public const string VersionKey = "version";

    /// <summary>What a silo publishes.</summary>
    public static Dictionary<string, string> Metadata(PoaActorsOptions options)
    {
        var metadata = new Dictionary<string, string> { [RoleKey] = options.Role.ToString(), [VersionKey] = SoftwareVersion.Text };
        if (options.Role != SiloRole.Control)
        {
            metadata[WorkerKey] = options.WorkerId;
        }

        return metadata;
    }
}
