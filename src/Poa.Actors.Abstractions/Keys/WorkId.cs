using System.Collections.Immutable;
using System.Globalization;

namespace Poa.Actors.Abstractions;

/// <summary>Ids of work items, unique in the scheduler's queue: the kind of work, then the key of what it belongs to.</summary>
public static class WorkId
{
    /// <summary>The kind of <see cref="Training"/>.</summary>
    public const string TrainingKind = "train";

    /// <summary>The kind of <see cref="Extraction"/>.</summary>
    public const string ExtractionKind = "extract";

    /// <summary>The kind of <see cref="Evaluation"/>.</summary>
    public const string EvaluationKind = "evaluate";

    /// <summary>The kind of <see cref="Calibration"/>.</summary>
    public const string CalibrationKind = "calibrate";

    /// <summary>All kinds of work.</summary>
    public static ImmutableArray<string> Kinds { get; } = [TrainingKind, ExtractionKind, EvaluationKind, CalibrationKind];

    /// <summary>The kind of work that a work id names, one of <see cref="Kinds"/>.</summary>
    /// <param name="workId">The work id.</param>
    public static string KindOf(string workId) => workId[..workId.IndexOf('/', StringComparison.Ordinal)];

    /// <summary>Work of one shard of a training run.</summary>
    /// <param name="run">Run id.</param>
    /// <param name="shard">Index of the shard within the run, from 0.</param>
    public static string Training(string run, int shard) => string.Create(CultureInfo.InvariantCulture, $"{TrainingKind}/{run}/{shard}");

    /// <summary>Work of an extraction job.</summary>
    /// <param name="key">The job.</param>
    public static string Extraction(ExtractionKey key) => $"{ExtractionKind}/{key}";

    /// <summary>Work of one batch of a sweep.</summary>
    /// <param name="sweep">Sweep id.</param>
    /// <param name="batch">Number of the batch within the sweep, from 1; never reused.</param>
    public static string Evaluation(string sweep, int batch) => string.Create(CultureInfo.InvariantCulture, $"{EvaluationKind}/{sweep}/{batch}");

    /// <summary>Number of the batch that a work id of <see cref="Evaluation"/> names.</summary>
    /// <param name="sweep">Sweep id.</param>
    /// <param name="workId">The work id.</param>
    /// <returns>Null if it is no batch of this sweep.</returns>
    public static int? BatchOf(string sweep, string workId) =>
        workId.LastIndexOf('/') is var slash && workId.AsSpan(0, slash + 1).SequenceEqual($"{EvaluationKind}/{sweep}/") &&
        int.TryParse(workId.AsSpan(slash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var batch)
            ? batch
            : null;

    /// <summary>Work of a calibration.</summary>
    /// <param name="key">Its key.</param>
    public static string Calibration(string key) => $"{CalibrationKind}/{key}";
}
