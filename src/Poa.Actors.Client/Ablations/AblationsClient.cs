using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Poa.Elastic;

namespace Poa.Actors.Client;

/// <summary>Ablations: rows of configurations, trained with several seeds and measured.</summary>
public sealed class AblationsClient
{
    /// <summary>Seeds of an ablation that does not say how many.</summary>
    public const int UsualSeeds = 2;

    private readonly PoaClient _client;

    internal AblationsClient(PoaClient client) => _client = client;

    /// <summary>The sub-networks that are measured where nobody chooses: the smallest, the middle and the intact one.</summary>
    public static ImmutableArray<string> UsualSubNetworks { get; } = ["smallest", "middle", "intact"];

    /// <summary>Starts an ablation.</summary>
    /// <param name="title">What it is about.</param>
    /// <param name="configuration">What all runs share; its seed is the first.</param>
    /// <param name="rows">The rows; the first is what the others are compared with.</param>
    /// <param name="data">Data specification of the training images.</param>
    /// <param name="evaluation">Images with known labels, and held-out images.</param>
    /// <param name="seeds">How many seeds each row is trained with: the configuration's own and those that follow.</param>
    /// <param name="subNetworks">Names of the sub-networks that are measured; <see cref="UsualSubNetworks"/> if null.</param>
    /// <param name="benchmark">What is measured: one of <see cref="Benchmarks.Searchable"/>.</param>
    /// <param name="options">Options of the benchmark.</param>
    /// <param name="metric">Name of the figure, such as <c>top1@20</c>; the one that results show first if null.</param>
    /// <param name="ablation">Ablation id; a new one if null. The same command with the same id twice equals once.</param>
    /// <param name="createdBy">Who asks for it; the user of this process if null.</param>
    /// <param name="priority">Higher goes first; see <see cref="WorkPriority"/>.</param>
    /// <param name="cancellationToken">Stops waiting, not the command.</param>
    /// <exception cref="PoaException">It asks for what cannot be, or the id has another specification.</exception>
    public Task<AblationSnapshot> StartAsync(
        string title,
        PoaConfiguration configuration,
        IEnumerable<AblationRow> rows,
        string data,
        EvaluationData evaluation,
        int seeds = UsualSeeds,
        IEnumerable<string>? subNetworks = null,
        string benchmark = Benchmarks.Knn,
        IReadOnlyDictionary<string, string>? options = null,
        string? metric = null,
        string? ablation = null,
        string? createdBy = null,
        int priority = WorkPriority.Default,
        CancellationToken cancellationToken = default) => Calls.GuardAsync(() =>
        {
            if (seeds is < 1 or > AblationSpecification.MaxRuns)
            {
                throw new PoaException(ErrorCodes.InvalidArgument, $"{seeds} seeds are asked for.", $"Choose a number in [1, {AblationSpecification.MaxRuns}].");
            }

            var id = AblationId.Validate(ablation ?? AblationId.New(_client.Time));
            var grid = configuration.Grid();
            return Grain(id).StartAsync(
                new AblationSpecification
                {
                    AblationId = id,
                    Title = title,
                    ConfigurationYaml = configuration.ToYaml(),
                    Data = data,
                    Rows = [.. rows.Select(AblatedRow.Of)],
                    Seeds = [.. Enumerable.Range(0, seeds).Select(i => configuration.Train.Seed + i)],
                    // Two names may stand for one cell of a small grid.
                    SubNetworks = [.. (subNetworks ?? UsualSubNetworks).Select(name => grid.Parse(name).ToString()).Distinct()],
                    Benchmark = benchmark,
                    Evaluation = evaluation,
                    Options = options?.ToImmutableDictionary() ?? ImmutableDictionary<string, string>.Empty,
                    Metric = metric,
                    Priority = priority,
                    CreatedBy = createdBy ?? Environment.UserName,
                },
                cancellationToken);
        });

    /// <summary>An ablation as it stands.</summary>
    /// <param name="ablation">Ablation id.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <exception cref="PoaException">There is no such ablation.</exception>
    public Task<AblationSnapshot> GetAsync(string ablation, CancellationToken cancellationToken = default) => Calls.GuardAsync(async () =>
        await Grain(ablation).FindAsync(cancellationToken) ?? throw new PoaException(
            ErrorCodes.AblationNotFound, $"There is no ablation {ablation}.", "List them with: poa ablate --list"));

    /// <summary>Follows an ablation until it has ended; goes on by itself after a break.</summary>
    /// <param name="ablation">Ablation id.</param>
    /// <param name="cancellationToken">Ends the watch.</param>
    public async IAsyncEnumerable<AblationSnapshot> WatchAsync(
        string ablation, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await GetAsync(ablation, cancellationToken);
        await foreach (var snapshot in Calls.FollowAsync<AblationSnapshot>(
            last => Grain(ablation).WatchAsync(last?.Version ?? 0, cancellationToken), _client.Time, cancellationToken))
        {
            yield return snapshot;
        }
    }

    /// <summary>Waits until an ablation has ended.</summary>
    /// <param name="ablation">Ablation id.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    public async Task<AblationSnapshot> WaitAsync(string ablation, CancellationToken cancellationToken = default)
    {
        await foreach (var snapshot in WatchAsync(ablation, cancellationToken))
        {
            if (snapshot.IsFinished)
            {
                return snapshot;
            }
        }

        return await GetAsync(ablation, cancellationToken);
    }

    /// <summary>Gives an ablation up: its runs and sweeps that have not ended. What was measured is kept.</summary>
    /// <param name="ablation">Ablation id.</param>
    /// <param name="cancellationToken">Stops waiting, not the command.</param>
    public Task<AblationSnapshot> CancelAsync(string ablation, CancellationToken cancellationToken = default) =>
        Calls.GuardAsync(() => Grain(ablation).CancelAsync(cancellationToken));

    /// <summary>The ablations, newest first.</summary>
    /// <param name="limit">At most this many.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    public async Task<IReadOnlyList<AblationEntry>> ListAsync(int limit = 100, CancellationToken cancellationToken = default) =>
        await Calls.GuardAsync(() => _client.Cluster.GetGrain<IAblationCatalogGrain>(0).ListAsync(limit, cancellationToken));

    private IAblationGrain Grain(string ablation) => _client.Cluster.GetGrain<IAblationGrain>(AblationId.Validate(ablation));
}
