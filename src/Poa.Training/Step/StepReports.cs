using System.Diagnostics;
using Poa.Elastic;
using Poa.Training.Exchange;

namespace Poa.Training.Step;

/// <summary>What a virtual shard found in a step.</summary>
/// <param name="Input">What it computed.</param>
/// <param name="Names">Names of its terms.</param>
/// <param name="Values">Its total, then its terms, as shown.</param>
/// <param name="TargetEntropy">Entropy of its targets.</param>
internal sealed record ShardLosses(ShardInput Input, IReadOnlyList<string> Names, double[] Values, double TargetEntropy);

/// <summary>
/// What members tell each other of a step beside gradients, as a row of numbers for each virtual shard: its elastic student, total, entropy, terms
/// (which it has, and their values), which parameters received a gradient, and whether the member is asked to stop.
/// </summary>
internal sealed class StepReports
{
    // Width of the elastic student and place of its depth among the grid's, asked to stop, entropy of the targets, total.
    private const int Fixed = 5;

    private readonly ISubNetworkGrid grid;
    private readonly string[] names;
    private readonly IReadOnlyList<double[]> rows;

    private StepReports(ISubNetworkGrid grid, string[] names, IReadOnlyList<double[]> rows)
    {
        this.grid = grid;
        this.names = names;
        this.rows = rows;
    }

    /// <summary>Elastic students by virtual shard.</summary>
    public IReadOnlyList<SubNetwork> SubNetworks => [.. rows.Select(row => new SubNetwork((int)row[0], grid.Depths[(int)row[1]]))];

    /// <summary>Any member is asked to stop.</summary>
    public bool StopAsked => rows.Any(row => row[2] != 0);

    /// <summary>Mean entropy of the targets.</summary>
    public float TargetEntropy => Mean(Fixed - 2);

    /// <summary>Mean total.</summary>
    public float Loss => Mean(Fixed - 1);

    /// <summary>Mean of each term that any shard has; one that has it not counts as zero, as it does in the total.</summary>
    public IReadOnlyDictionary<string, float> Terms => names.Index()
        .Where(name => rows.Any(row => row[Fixed + (2 * name.Index)] != 0))
        .ToDictionary(name => name.Item, name => Mean(Fixed + (2 * name.Index) + 1));

    /// <summary>Exchanges the rows of all shards.</summary>
    /// <param name="model">Learns which parameters received a gradient anywhere.</param>
    /// <param name="local">Of this member's shards.</param>
    /// <param name="stopAsked">This member is asked to stop.</param>
    /// <param name="group">The shards of all members.</param>
    public static StepReports Exchange(PoaModel model, IReadOnlyList<ShardLosses> local, bool stopAsked, ShardGroup group)
    {
        string[] names = [.. StudentLosses.NamesOf(model.ClassCentres.Centres.Count)];
        var reports = new StepReports(model.Student.Backbone.Grid, names, group.Gather([.. local.Select(losses => RowOf(model, names, losses, stopAsked))]));
        reports.TellOfGradients(model);
        return reports;
    }

    private static double[] RowOf(PoaModel model, string[] names, ShardLosses losses, bool stopAsked)
    {
        var elastic = losses.Input.Elastic;
        var depth = model.Student.Backbone.Grid.Depths.Index().First(place => place.Item == elastic.Depth).Index;
        var row = new List<double> { elastic.Width, depth, stopAsked ? 1 : 0, losses.TargetEntropy, losses.Values[0] };
        var shown = losses.Names.Zip(losses.Values.Skip(1)).ToDictionary(term => term.First, term => term.Second);
        foreach (var name in names)
        {
            row.Add(shown.Remove(name, out var value) ? 1 : 0);
            row.Add(value);
        }

        Debug.Assert(shown.Count == 0, "a term is not among the names that a step can have");
        foreach (var optimiser in model.Optimisers)
        {
            foreach (var present in optimiser.Present)
            {
                row.Add(present ? 1 : 0);
            }
        }

        return [.. row];
    }

    private void TellOfGradients(PoaModel model)
    {
        var at = Fixed + (2 * names.Length);
        foreach (var optimiser in model.Optimisers)
        {
            for (var i = 0; i < optimiser.Present.Length; i++, at++)
            {
                if (rows.Any(row => row[at] != 0))
                {
                    optimiser.SetPresent(i);
                }
            }
        }
    }

    private float Mean(int column) => (float)(rows.Sum(row => row[column]) / rows.Count);
}
