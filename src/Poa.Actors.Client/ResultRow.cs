namespace Poa.Actors.Client;

/// <summary>A stored result with what it belongs to.</summary>
/// <param name="Run">Run id.</param>
/// <param name="Iteration">Iteration of the checkpoint.</param>
/// <param name="Question">Benchmark, images and options in one word, see <see cref="EvaluationKey.Question"/>.</param>
/// <param name="Data">The images.</param>
/// <param name="Result">Figures and protocol.</param>
public sealed record ResultRow(string Run, long Iteration, string Question, EvaluationData Data, EvaluationResult Result)
{
    /// <summary>Name of the sub-network, such as <c>384x12</c>, or <see cref="Benchmarks.Pixels"/>.</summary>
    public string SubNetwork => Result.SubNetwork;

    /// <summary>Width of the sub-network; 0 if there is none.</summary>
    public int Width => Poa.Elastic.SubNetwork.TryParse(SubNetwork, out var parsed) ? parsed.Width : 0;

    /// <summary>Depth of the sub-network; 0 if there is none.</summary>
    public int Depth => Poa.Elastic.SubNetwork.TryParse(SubNetwork, out var parsed) ? parsed.Depth : 0;

    /// <summary>The figure to show, in the unit of its benchmark.</summary>
    public double Value => Result.HeadlineValue;
}
