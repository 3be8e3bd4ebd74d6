using System.Globalization;
using Poa.Actors.Abstractions;
using Poa.Cli.Hosting;
using Poa.Cli.Running;

namespace Poa.Cli.Commands;

/// <summary>An evaluation as a command line asks for it.</summary>
internal sealed record SweepRequest
{
    /// <summary>Cluster or data folder.</summary>
    public required HostTarget Target { get; init; }

    /// <summary>Id of the run, the begin of one, or <c>latest</c>.</summary>
    public required string Run { get; init; }

    /// <summary>One of <see cref="Benchmarks"/>.</summary>
    public required string Benchmark { get; init; }

    /// <summary>Names of sub-networks; null for all.</summary>
    public IReadOnlyList<string>? SubNetworks { get; init; }

    /// <summary>Iteration of the checkpoint; null for the newest.</summary>
    public long? Checkpoint { get; init; }

    /// <summary>Labelled images; null for the run's own.</summary>
    public string? Train { get; init; }

    /// <summary>Held-out images; null for the run's own.</summary>
    public string? Test { get; init; }

    /// <summary>Options of the benchmark.</summary>
    public IReadOnlyDictionary<string, string> Options { get; init; } = new Dictionary<string, string>();

    /// <summary>Compute anew what is stored.</summary>
    public bool Recompute { get; init; }

    /// <summary>Higher goes first.</summary>
    public int Priority { get; init; } = WorkPriority.Default;

    /// <summary>Print as JSON.</summary>
    public bool Json { get; init; }

    /// <summary>Reads a list such as <c>48x2,96x5</c>; <c>all</c> or nothing is null.</summary>
    public static IReadOnlyList<string>? Selection(IEnumerable<string> texts)
    {
        string[] names = [.. texts.SelectMany(text => text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))];
        return names is [] or ["all"] ? null : names;
    }

    /// <summary>The options that were given as numbers.</summary>
    public static IReadOnlyDictionary<string, string> Numbers(params IEnumerable<(string Name, int? Value)> options) =>
        options.Where(option => option.Value is not null).ToDictionary(option => option.Name, option => option.Value!.Value.ToString(CultureInfo.InvariantCulture));

    /// <summary>Evaluates, waits and prints.</summary>
    public async Task<int> RunAsync(CliContext context, CancellationToken cancellationToken)
    {
        await using var connection = await PoaConnection.OpenAsync(Target, HostNeed.Worker, cancellationToken).ConfigureAwait(false);
        var client = connection.Client;
        var id = await RunCommands.ResolveAsync(client, Run, cancellationToken).ConfigureAwait(false);
        var snapshot = await client.Runs.GetAsync(id, cancellationToken).ConfigureAwait(false);
        var data = EvaluationImages.Choose(Benchmarks.Describe(Benchmark), snapshot.Specification.Data, Train, Test);
        var sweep = await client.Sweeps.StartAsync(
            id, data, Benchmark, SubNetworks, Checkpoint, Options, Recompute, priority: Priority, cancellationToken: cancellationToken).ConfigureAwait(false);
        var results = await SweepWatcher.FollowAsync(client, sweep.Specification.SweepId, context, cancellationToken).ConfigureAwait(false);
        ResultsCommand.Print(context, id, sweep.Specification.Iteration, results, null, Json ? ResultsForm.Json : ResultsForm.Table);
        return ExitCodes.Success;
    }
}
