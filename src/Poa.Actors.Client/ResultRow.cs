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
    public int Width => Cell.Width;

    /// <summary>Blocks of the sub-network, of all stages together where a depth is given stage by stage; 0 if there is none.</summary>
    public int Depth => Cell.Depth.Blocks;

    /// <summary>The sub-network, by whose order rows are sorted; 0x0 if there is none.</summary>
    internal Poa.Elastic.SubNetwork Cell => Poa.Elastic.SubNetwork.TryParse(SubNetwork, out var parsed) ? parsed : default;

    /// <summary>The figure to show, in the unit of its benchmark.</summary>
    public double Value => Result.HeadlineValue;
}
