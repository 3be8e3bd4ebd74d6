namespace Poa.Storage;

/// <summary>Names an evaluation, under way or done.</summary>
/// <param name="Run">The run's id.</param>
/// <param name="Iteration">Iteration of the checkpoint that is evaluated.</param>
/// <param name="SubNetwork">Name of the sub-network.</param>
/// <param name="Question">Benchmark, data and options in one segment, such as <c>coco-0123456789abcdef</c>.</param>
public sealed record EvaluationStateKey(string Run, long Iteration, string SubNetwork, string Question)
{
    internal string Folder => BlobLayout.EvaluationStates(Run, Iteration, SubNetwork, Question);

    internal string Pictures => BlobLayout.EvaluationPictures(Run, Iteration, SubNetwork, Question);
}

/// <summary>The file <c>manifest.json</c> of an intermediate checkpoint of an evaluation, written last: without one it does not exist.</summary>
public sealed record EvaluationStateManifest : IArtifactManifest
{
    /// <summary>Version of the manifest's form, 1.</summary>
    public required int FormatVersion { get; init; }

    /// <summary>The evaluation.</summary>
    public required EvaluationStateKey Evaluation { get; init; }

    /// <summary>Steps of the evaluation's training that are behind it.</summary>
    public required long Step { get; init; }

    /// <summary>Who computed it: a sweep's id.</summary>
    public required string Owner { get; init; }

    /// <summary>When it was published, UTC.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>The files, in ordinal order of their names.</summary>
    public required IReadOnlyList<ArtifactFile> Files { get; init; }

    /// <summary>Version of the software that wrote it.</summary>
    public required string SoftwareVersion { get; init; }

    /// <inheritdoc/>
    string IArtifactManifest.Folder => $"{Evaluation.Folder}{BlobLayout.Digits(Step)}/";
}
