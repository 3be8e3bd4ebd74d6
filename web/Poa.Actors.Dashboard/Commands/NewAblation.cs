using System.Text;
using Poa.Actors.Client;
using Poa.Elastic;

namespace Poa.Actors.Dashboard.Commands;

/// <summary>
/// What an ablation that somebody asks for is to train and measure. Exactly one of <see cref="Table"/> and <see cref="TableYaml"/> is given, and of
/// <see cref="Preset"/> and <see cref="Yaml"/>.
/// </summary>
public sealed record NewAblation
{
    /// <summary>The most rows or sub-networks that can be chosen.</summary>
    public const int MaxChosen = 200;

    /// <summary>Name of a table of rows: one of <see cref="AblationPresets.Names"/>.</summary>
    public string? Table { get; init; }

    /// <summary>Text of a table of rows: rows with name, title and the keys that they set; at most <see cref="NewRun.MaxYamlBytes"/>.</summary>
    public string? TableYaml { get; init; }

    /// <summary>Names of rows; <c>all</c> alone for all, and empty for the usual ones.</summary>
    public IReadOnlyList<string> Rows { get; init; } = [];

    /// <summary>How many seeds each row is trained with: the configuration's own and those that follow.</summary>
    public int Seeds { get; init; } = AblationsClient.UsualSeeds;

    /// <summary>Configuration that all runs share: one of <see cref="ConfigurationPresets.Names"/>.</summary>
    public string? Preset { get; init; }

    /// <summary>Text of a configuration file that all runs share, at most <see cref="NewRun.MaxYamlBytes"/>.</summary>
    public string? Yaml { get; init; }

    /// <summary><c>key=value</c> texts that go over preset or file, at most <see cref="NewRun.MaxOverrides"/>.</summary>
    public IReadOnlyList<string> Overrides { get; init; } = [];

    /// <summary>Data specification of the training images; empty for the configuration's <c>train.dataset_path</c>.</summary>
    public string Data { get; init; } = "";

    /// <summary>Images that the benchmark learns from, and held-out images.</summary>
    public required EvaluationData Evaluation { get; init; }

    /// <summary>Names of the sub-networks that are measured; empty for the smallest, the middle and the intact one.</summary>
    public IReadOnlyList<string> SubNetworks { get; init; } = [];

    /// <summary>What is measured: one of <see cref="Benchmarks.Searchable"/>.</summary>
    public string Benchmark { get; init; } = Benchmarks.Knn;

    /// <summary>Options of the benchmark; those left out take the configuration of each run.</summary>
    public IReadOnlyDictionary<string, string>? Options { get; init; }

    /// <summary>Name of the figure; null for the one that results show first.</summary>
    public string? Metric { get; init; }

    /// <summary>Higher is served first; see <see cref="WorkPriority"/>.</summary>
    public int Priority { get; init; } = WorkPriority.Default;

    /// <summary>Id of the ablation; a new one if null. The same command with the same id twice equals once.</summary>
    public string? AblationId { get; init; }

    /// <summary>What all runs share, as a run.</summary>
    public NewRun ToRun() => new() { Preset = Preset, Yaml = Yaml, Overrides = Overrides, Data = Data };

    /// <summary>The table and the rows that are chosen.</summary>
    /// <exception cref="PoaException">It is too long or wrong, or has no such row; every fault is named (<see cref="ErrorCodes.InvalidArgument"/>).</exception>
    public (string Title, IReadOnlyList<AblationRow> Rows) Choose()
    {
        if (Rows.Count > MaxChosen || SubNetworks.Count > MaxChosen || (TableYaml is not null && Encoding.UTF8.GetByteCount(TableYaml) > NewRun.MaxYamlBytes))
        {
            throw Wrong($"More than {MaxChosen} rows or sub-networks are chosen, or the table is longer than {NewRun.MaxYamlBytes / 1024} KiB.", "Choose fewer.");
        }

        try
        {
            var table = (Table, TableYaml) switch
            {
                (not null, null) => AblationPresets.Load(Table),
                (null, not null) => AblationTable.Parse(new ConfigurationSource("table", TableYaml)),
                _ => throw Wrong(
                    Table is null ? "No table of rows is given." : "Both a table's name and its text are given.",
                    $"Give one of the tables {string.Join(", ", AblationPresets.Names)}, or a text."),
            };
            return (table.Title, table.Choose(Rows));
        }
        catch (ConfigurationException e)
        {
            throw new PoaException(new WorkError(ErrorCodes.InvalidArgument, e.Message, "Correct the table or the choice of rows."), e);
        }
    }

    private static PoaException Wrong(string message, string remedy) => new(ErrorCodes.InvalidArgument, message, remedy);
}
