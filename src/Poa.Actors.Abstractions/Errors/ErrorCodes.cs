namespace Poa.Actors.Abstractions;

/// <summary>The codes of errors that the control plane itself produces. Workers add their own.</summary>
public static class ErrorCodes
{
    /// <summary>A name, key or value breaks its rules.</summary>
    public const string InvalidArgument = "invalid-argument";

    /// <summary>No run has this id.</summary>
    public const string RunNotFound = "run-not-found";

    /// <summary>A run with this id exists, with another specification.</summary>
    public const string RunExists = "run-exists";

    /// <summary>The command does not apply in the state that the run is in.</summary>
    public const string IllegalTransition = "illegal-transition";

    /// <summary>The run never published this checkpoint, or it was removed by retention or cut off by a rollback.</summary>
    public const string CheckpointNotFound = "checkpoint-not-found";

    /// <summary>No sweep has this id.</summary>
    public const string SweepNotFound = "sweep-not-found";

    /// <summary>A sweep with this id exists, with another specification.</summary>
    public const string SweepExists = "sweep-exists";

    /// <summary>No search has this id.</summary>
    public const string SearchNotFound = "search-not-found";

    /// <summary>A search with this id exists, with another specification.</summary>
    public const string SearchExists = "search-exists";

    /// <summary>No ablation has this id.</summary>
    public const string AblationNotFound = "ablation-not-found";

    /// <summary>An ablation with this id exists, with another specification.</summary>
    public const string AblationExists = "ablation-exists";

    /// <summary>No extraction was asked for under this key.</summary>
    public const string ExtractionNotFound = "extraction-not-found";

    /// <summary>No worker shard of this name is listed.</summary>
    public const string ShardNotFound = "shard-not-found";

    /// <summary>The process that held the work stopped sending heartbeats, or was started anew.</summary>
    public const string WorkerLost = "worker-lost";

    /// <summary>A run that several workers train lost one of them, or they did not come together.</summary>
    public const string ShardLost = "shard-lost";

    /// <summary>The blob store, or a folder of the worker, cannot be reached, read or written.</summary>
    public const string StorageFailed = "storage-failed";

    /// <summary>The work ended its worker process too often and is not tried again by itself.</summary>
    public const string Quarantined = "quarantined";

    /// <summary>The training goes wrong again and again, in spite of rollbacks to a lower learning rate.</summary>
    public const string TrainingDiverged = "training-diverged";

    /// <summary>The work finished, yet without a result for this sub-network.</summary>
    public const string ResultMissing = "result-missing";

    /// <summary>No host answers for this data folder.</summary>
    public const string HostUnreachable = "host-unreachable";

    /// <summary>Another host holds this data folder.</summary>
    public const string HomeInUse = "home-in-use";

    /// <summary>The data folder cannot be created or written.</summary>
    public const string HomeNotWritable = "home-not-writable";

    /// <summary>A network port is taken by another process.</summary>
    public const string PortInUse = "port-in-use";

    /// <summary>A file or blob that was asked for does not exist.</summary>
    public const string BlobNotFound = "blob-not-found";

    /// <summary>A file of ours is there, but cannot be read as what it should be.</summary>
    public const string DamagedFile = "damaged-file";

    /// <summary>No worker process serves the cluster: nothing can be looked at or computed.</summary>
    public const string NoWorker = "no-worker";

    /// <summary>The folder of a data specification lies outside the folders that the worker may read.</summary>
    public const string DataNotAllowed = "data-not-allowed";

    /// <summary>No calibration was started under this key.</summary>
    public const string CalibrationNotFound = "calibration-not-found";

    /// <summary>The data base of the cluster cannot be reached, or does not serve at the moment.</summary>
    public const string DatabaseUnreachable = "database-unreachable";

    /// <summary>The data base of the cluster refuses the user, or what the user wants to do.</summary>
    public const string DatabaseRefused = "database-refused";

    /// <summary>The tables of the cluster are missing, older or newer than this program.</summary>
    public const string DatabaseSchema = "database-schema";

    /// <summary>Certificates of the cluster and of this process do not fit together, or cannot be read.</summary>
    public const string TlsFailed = "tls-failed";

    /// <summary>Waiting took longer than was allowed.</summary>
    public const string Timeout = "timeout";
}
