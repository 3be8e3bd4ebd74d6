namespace Poa.EndToEnd.Tests.Chaos;

/// <summary>One process killed with SIGKILL.</summary>
/// <param name="Victim">Name of a silo, or <see cref="ChaosPlan.Azurite"/>.</param>
/// <param name="Progress">Not before this part of the run was seen done, in [0, 1].</param>
/// <param name="Delay">Time from there to the kill.</param>
public sealed record Strike(string Victim, double Progress, TimeSpan Delay);

/// <summary>
/// What a chaos test does to a cluster, a pure function of the seed: workers half of the time, control silos a third, else Azurite. A third
/// of the strikes wait for no progress after the one before, so that they hit a cluster that is still recovering.
/// </summary>
/// <param name="Seed">The seed.</param>
/// <param name="Strikes">In order of time.</param>
/// <param name="OutageBefore">PostgreSQL is away for a while before the strike of this index.</param>
public sealed record ChaosPlan(int Seed, IReadOnlyList<Strike> Strikes, int OutageBefore)
{
    public const string Azurite = "azurite";

    /// <summary>The part of the run over which the strikes are spread: the rest is left for what the last one costs.</summary>
    private const double Spread = 0.85;

    private static readonly TimeSpan LongestDelay = TimeSpan.FromSeconds(1.5);

    public static ChaosPlan For(int seed, int kills, IReadOnlyList<string> workers, IReadOnlyList<string> controls)
    {
        var random = new Random(seed);
        var victims = Victims(random, kills, workers, controls);
        double[] weights = [.. victims.Select(_ => random.Next(3) == 0 ? 0 : random.NextDouble())];
        var whole = Math.Max(weights.Sum(), double.Epsilon);
        var strikes = new List<Strike>();
        var done = 0.0;
        foreach (var (victim, weight) in victims.Zip(weights))
        {
            done += weight / whole * Spread;
            strikes.Add(new Strike(victim, done, LongestDelay * random.NextDouble()));
        }

        return new ChaosPlan(seed, strikes, random.Next(kills / 4, (3 * kills / 4) + 1));
    }

    /// <summary>
    /// Azurite is in the first half: killed, it forgets what it acknowledged in the last seconds, which a run that goes on makes good and one
    /// that has ended does not.
    /// </summary>
    private static string[] Victims(Random random, int kills, IReadOnlyList<string> workers, IReadOnlyList<string> controls)
    {
        var (ofWorkers, ofControls) = ((kills + 1) / 2, (3 * kills) / 10);
        string[] silos =
        [
            .. Enumerable.Range(0, ofWorkers).Select(_ => workers[random.Next(workers.Count)]),
            .. Enumerable.Range(0, ofControls).Select(_ => controls[random.Next(controls.Count)]),
        ];
        random.Shuffle(silos);
        int[] places = [.. Enumerable.Range(0, kills / 2)];
        random.Shuffle(places);
        var ofAzurite = places.Take(kills - silos.Length).ToHashSet();
        var next = 0;
        return [.. Enumerable.Range(0, kills).Select(i => ofAzurite.Contains(i) ? Azurite : silos[next++])];
    }
}
