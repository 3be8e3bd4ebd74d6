using Poa.Elastic;

namespace Poa.Cli.Running;

/// <summary>What an ablation is to be made of, checked before any host is asked.</summary>
/// <param name="Title">What it is about.</param>
/// <param name="Rows">The chosen rows.</param>
/// <param name="Run">Configuration and images that all rows share.</param>
internal sealed record AblationPlan(string Title, IReadOnlyList<AblationRow> Rows, RunPlan Run)
{
    /// <param name="preset">Name of a table, or null.</param>
    /// <param name="file">File with a table, or null.</param>
    /// <param name="rows">Names of rows with commas between; empty for the usual ones.</param>
    /// <param name="id">Id of the ablation, or null.</param>
    /// <param name="basis">Configuration preset of the runs, or null.</param>
    /// <param name="config">Configuration file of the runs, or null.</param>
    /// <param name="overrides"><c>key=value</c> texts for all runs.</param>
    /// <param name="data">Data specification; null takes the configuration's.</param>
    /// <returns>Null where only an id is given: the ablation is there already.</returns>
    /// <exception cref="CliException">Neither or both of preset and file are given, or a file cannot be read.</exception>
    /// <exception cref="ConfigurationException">Table or configuration are wrong; every fault is named.</exception>
    /// <exception cref="Poa.Data.Datasets.DatasetException">The data cannot be used.</exception>
    public static AblationPlan? Make(
        string? preset, string? file, string rows, string? id, string? basis, string? config, IReadOnlyList<string> overrides, string? data)
    {
        var table = (preset, file) switch
        {
            (not null, null) => AblationPresets.Load(preset),
            (null, not null) => AblationTable.Parse(RunPlan.Read(file, "table of rows")),
            (null, null) when id is not null && rows.Length == 0 && overrides.Count == 0 && config is null && data is null => null,
            _ => throw new CliException(
                preset is null ? "No table of rows is given." : "Both --preset and --rows-file are given.",
                $"Give one of: --preset NAME with NAME one of {string.Join(", ", AblationPresets.Names)}, or --rows-file FILE; or follow one that is there by --id ID alone.", ExitCodes.Usage),
        };
        if (table is null)
        {
            return null;
        }

        var chosen = table.Choose(rows.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries));
        return new AblationPlan(table.Title, chosen, RunPlan.Make(config, basis, overrides, data));
    }
}
