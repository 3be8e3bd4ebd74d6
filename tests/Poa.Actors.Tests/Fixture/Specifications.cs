using Poa.Actors.Abstractions;

namespace Poa.Actors.Tests;

/// <summary>Runs and sweeps with fresh keys.</summary>
public static class Specifications
{
    public static string NewId(string prefix = "run") => $"{prefix}-{Guid.NewGuid():N}"[..24];

    public static RunSpecification Run(string? id = null) => new()
    {
        RunId = id ?? NewId(),
        Name = "a test",
        ConfigurationYaml = "student:\n  arch: vit_dynamic\n",
        Data = "demo?split=train",
        CreatedBy = "tester",
    };

    public static SweepSpecification Sweep(string run, params string[] subNetworks) => new()
    {
        SweepId = NewId("sweep"),
        Run = run,
        Iteration = 0,
        Benchmark = Benchmarks.Knn,
        Data = new EvaluationData("demo?split=train", "demo?split=test"),
        SubNetworks = [.. subNetworks],
    };

    /// <summary>A run that has published checkpoint 0 and is paused, so that the device is free.</summary>
    public static async Task<ITrainingRunGrain> PausedRunAsync(ClusterFixture fixture, string? configurationYaml = null)
    {
        var specification = Run();
        specification = specification with { ConfigurationYaml = configurationYaml ?? specification.ConfigurationYaml };
        var run = fixture.Client.GetGrain<ITrainingRunGrain>(specification.RunId);
        await run.CreateAsync(specification);
        await run.StartAsync();
        var work = await fixture.Executor.TrainingAsync(specification.RunId);
        await work.CheckpointAsync(0);
        await run.PauseAsync();
        await work.StopAsAskedAsync(await work.StopRequestedAsync());
        await run.UntilAsync(RunStatus.Paused);
        return run;
    }

    public static Task<RunSnapshot?> UntilAsync(this ITrainingRunGrain run, RunStatus status) =>
        Wait.ForAsync(() => run.FindAsync(), s => s!.Status == status, $"run {run.GetPrimaryKeyString()} is {status}");

    public static Task<SweepSnapshot?> UntilFinishedAsync(this IEvaluationSweepGrain sweep) =>
        Wait.ForAsync(() => sweep.FindAsync(), s => s!.IsFinished, $"sweep {sweep.GetPrimaryKeyString()} is finished");
}
