using Poa.EndToEnd.Tests.Cluster;
using Poa.EndToEnd.Tests.Processes;

namespace Poa.EndToEnd.Tests.Chaos;

/// <summary>
/// A silo that is started again whenever its process has ended, as a container's restart policy does: after longer and longer pauses while it ends by itself
/// soon after its start, such as where there is no data base.
/// </summary>
public sealed class SupervisedSilo : IAsyncDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(180);
    private readonly ProcessCluster cluster;
    private readonly string service;
    private readonly CancellationTokenSource stop = new();
    private readonly Lock gate = new();
    private readonly List<PoaProcess> lives = [];
    private readonly HashSet<int> killed = [];
    private readonly Task supervising;

    /// <param name="cluster">The cluster it is of.</param>
    /// <param name="service">The service of docker-compose.yml that it is run as.</param>
    /// <param name="name">Its name.</param>
    public SupervisedSilo(ProcessCluster cluster, string service, string name)
    {
        (this.cluster, this.service, Name) = (cluster, service, name);
        Begin();
        supervising = SuperviseAsync();
    }

    public string Name { get; }

    /// <summary>All its processes, oldest first.</summary>
    public IReadOnlyList<PoaProcess> Lives
    {
        get
        {
            lock (gate)
            {
                return [.. lives];
            }
        }
    }

    /// <summary>Processes that ended without being killed by the test, such as those that found no data base.</summary>
    public IReadOnlyList<PoaProcess> EndedByThemselves
    {
        get
        {
            lock (gate)
            {
                return [.. lives.Where(life => life.HasExited && !killed.Contains(life.Id))];
            }
        }
    }

    /// <summary>Waits until its present process is a member of the cluster.</summary>
    public Task ReadyAsync() => Lives[^1].WaitForTextAsync("ready:", Limit);

    /// <summary>SIGKILL to the present process, however far it has come; waits for the next one where there is none at the moment.</summary>
    public async Task KillAsync()
    {
        while (true)
        {
            var life = Lives[^1];
            try
            {
                if (!life.HasExited)
                {
                    lock (gate)
                    {
                        killed.Add(life.Id);
                    }

                    await life.KillAsync();
                    return;
                }
            }
            catch (InvalidOperationException) when (life.HasExited)
            {
                // It was faster.
            }

            await Task.Delay(Pause / 10);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await supervising.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        stop.Dispose();
    }

    private void Begin()
    {
        lock (gate)
        {
            lives.Add(cluster.Service(service, Name));
        }
    }

    private async Task SuperviseAsync()
    {
        for (var pause = Pause; ; Begin())
        {
            var life = Lives[^1];
            await life.EndedAsync(stop.Token);
            pause = EndedByThemselves.Contains(life) ? pause * 2 : Pause;
            await Task.Delay(pause, stop.Token);
        }
    }
}
