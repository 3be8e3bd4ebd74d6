namespace Poa.Worker.Work.Runners;

/// <summary>Knows how to compute the results of a benchmark that needs images.</summary>
internal interface IBenchmarkRunner
{
    /// <summary>Whether it computes <paramref name="benchmark"/>.</summary>
    bool Runs(string benchmark);

    /// <summary>
    /// Computes the results of an evaluation and hands each to <see cref="EvaluationRun.Outlet"/> as soon as it is known. Where it was
    /// stopped, it ends with <see cref="OperationCanceledException"/>.
    /// </summary>
    /// <returns>Images worked on.</returns>
    Task<long> RunAsync(EvaluationRun run);
}
