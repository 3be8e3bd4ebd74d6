using Poa.Actors.Dashboard.Ui;

namespace Poa.Actors.Dashboard.Pages.Grid;

/// <summary>The way from the list of runs to a page of one of them.</summary>
public static class RunCrumbs
{
    /// <summary>For a run of which only the id is known.</summary>
    /// <param name="run">Run id.</param>
    public static IReadOnlyList<Crumb> Of(string run) => [new("Runs", "/"), new(run, $"/runs/{run}")];

    /// <summary>For a run, by its name if it has one.</summary>
    /// <param name="run">The run.</param>
    public static IReadOnlyList<Crumb> Of(RunSnapshot run) =>
        [new("Runs", "/"), new(NameOf(run), $"/runs/{run.Specification.RunId}")];

    /// <summary>What people call a run.</summary>
    /// <param name="run">The run.</param>
    public static string NameOf(RunSnapshot run) => run.Specification.Name.Length > 0 ? run.Specification.Name : run.Specification.RunId;
}
