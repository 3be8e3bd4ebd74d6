namespace Poa.Actors;

/// <summary>Times and limits of the control plane.</summary>
public sealed class PoaActorsOptions
{
    /// <summary>What this silo is for; published as silo metadata.</summary>
    public SiloRole Role { get; set; } = SiloRole.Both;

    /// <summary>Id of the worker process in this silo; published as silo metadata <c>worker</c>. No slash.</summary>
    public string WorkerId { get; set; } = "local";

    /// <summary>Port of this silo's <see cref="LivenessListener"/>; null in a host of its own.</summary>
    public int? LivenessPort { get; set; }

    /// <summary>Where blobs are, told to clients: <c>folder:/path</c>, <c>azure:CONTAINER</c>. Never a secret.</summary>
    public string BlobStore { get; set; } = "";

    /// <summary>Time between two signs of life of a shard.</summary>
    public TimeSpan HeartbeatInterval { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>A lease is lost when its shard has been silent for so long.</summary>
    public TimeSpan LeaseTimeout { get; set; } = TimeSpan.FromSeconds(20);

    /// <summary>Time between two rounds of the scheduler and of the owners of work; events are acted on at once.</summary>
    public TimeSpan TickInterval { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>Progress is stored at most this often; it is shown at once.</summary>
    public TimeSpan ProgressSaveInterval { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>The indexes of runs and sweeps show the progress of each at most this often. Below a second, the pace at which workers report.</summary>
    public TimeSpan ShowInterval { get; set; } = TimeSpan.FromMilliseconds(800);

    /// <summary>A shard that has gone stays listed as lost for so long.</summary>
    public TimeSpan LostShardListing { get; set; } = TimeSpan.FromMinutes(15);

    /// <summary>Watchers get changes at most this often.</summary>
    public TimeSpan WatchInterval { get; set; } = TimeSpan.FromMilliseconds(200);

    /// <summary>
    /// How often a run is tried again after faults of the work itself that another try may survive, without a new checkpoint in between. Faults of
    /// the infrastructure are beside this: see <see cref="RunPatience"/>.
    /// </summary>
    public int MaxRunRetries { get; set; } = 5;

    /// <summary>
    /// Losses of workers and failures of the store delay a run and do not end it, however many there are, unless they have kept it from a new
    /// checkpoint for so long, in more tries than <see cref="MaxRunRetries"/>.
    /// </summary>
    public TimeSpan RunPatience { get; set; } = TimeSpan.FromHours(24);

    /// <summary>
    /// How often an evaluation, extraction or calibration is tried in all after errors that another try may survive. For evaluations, faults of the
    /// infrastructure are beside this: see <see cref="SweepPatience"/>. Somebody waits for the others and is better told soon.
    /// </summary>
    public int MaxJobAttempts { get; set; } = 3;

    /// <summary>A store that is away delays an evaluation and does not end it, unless it has kept it from coming further for so long, in at least <see cref="MaxJobAttempts"/> tries.</summary>
    public TimeSpan SweepPatience { get; set; } = TimeSpan.FromHours(1);

    /// <summary>An evaluation or extraction that has ended its worker so often without coming further in between, the last time alone, is quarantined.</summary>
    public int WorkerLossLimit { get; set; } = 2;

    /// <summary>A run that has ended worker processes so often at the same step is quarantined.</summary>
    public int StepLossLimit { get; set; } = 2;

    /// <summary>
    /// A run that has ended worker processes so often at the same stage of its begin, the first step of an attempt included, is quarantined. Above
    /// <see cref="StepLossLimit"/>: the stages are few and long, so that two kills from outside may meet the same one by chance.
    /// </summary>
    public int StageLossLimit { get; set; } = 3;

    /// <summary>Work whose priority is higher by so much or more has lower work write a checkpoint and make room. At least 1.</summary>
    public int PreemptionDifference { get; set; } = 10;

    /// <summary>Wait before the first retry; doubles with each one.</summary>
    public TimeSpan RetryDelay { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>The longest wait before a retry.</summary>
    public TimeSpan MaxRetryDelay { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>Events kept of each run and sweep.</summary>
    public int EventLimit { get; set; } = 200;

    /// <summary>How long an orderly stop waits for workers to write their checkpoints.</summary>
    public TimeSpan DrainTimeout { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>
    /// A wait that was noted on another silo's clock, cut to what can be meant: a clock that differs by minutes holds nothing up for long.
    /// </summary>
    /// <param name="wait">The wait; may be negative.</param>
    internal TimeSpan UpToLongest(TimeSpan wait) => wait < TimeSpan.Zero ? TimeSpan.Zero : wait < MaxRetryDelay ? wait : MaxRetryDelay;

    /// <summary>Wait before retry number <paramref name="failures"/> (from 1).</summary>
    /// <param name="failures">Failures so far.</param>
    internal TimeSpan BackOff(int failures)
    {
        var delay = RetryDelay * Math.Pow(2, Math.Clamp(failures - 1, 0, 30));
        return delay < MaxRetryDelay ? delay : MaxRetryDelay;
    }
}
