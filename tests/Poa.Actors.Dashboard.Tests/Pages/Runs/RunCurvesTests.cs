using Bunit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Poa.Actors.Client;
using Poa.Actors.Dashboard.Live;
using Poa.Actors.Dashboard.Pages.Runs;
using Poa.Actors.Dashboard.Tests.Live;
using Poa.Actors.Dashboard.Ui;
using Poa.Actors.Tests;

namespace Poa.Actors.Dashboard.Tests.Pages.Runs;

public sealed class RunCurvesTests : BunitContext
{
    private readonly FakeTimeProvider clock = new();
    private readonly FakeRun run = new();

    public RunCurvesTests(ClusterFixture cluster)
    {
        JSInterop.Mode = JSRuntimeMode.Loose;
        Services.AddDashboardUi();
        Services.AddSingleton<TimeProvider>(clock);
        Services.AddSingleton(new RunFeeds(run, clock, NullLoggerFactory.Instance));
        Services.AddSingleton(new PoaClient(cluster.Client));
        SetRendererInfo(new Microsoft.AspNetCore.Components.RendererInfo("Server", isInteractive: true));
    }

    [Fact]
    public async Task Updates_StepsBeforeAndAfterTheFirstDrawing_AreDrawnOnce()
    {
        run.Step(9, 8);
        var curves = Render<RunCurves>(p => p.Add(c => c.Run, "fake"));
        await UntilAsync(curves, points: 2);

        run.Step(7);
        await UntilAsync(curves, points: 3);
        run.Step(6, 5);
        await UntilAsync(curves, points: 5);

        await PassAsync(TimeSpan.FromSeconds(5));
        Assert.Equal("5", Points(curves));
    }

    [Fact]
    public async Task Updates_FirstStepAfterThePageWasOpened_ReplacesTheEmptyState()
    {
        var curves = Render<RunCurves>(p => p.Add(c => c.Run, "fake"));
        await UntilAsync(() => curves.Markup.Contains("No step yet"), "the empty state");

        run.Step(9);
        await UntilAsync(curves, points: 1);

        Assert.DoesNotContain("No step yet", curves.Markup);
    }

    private static string? Points(IRenderedComponent<RunCurves> curves) => curves.FindAll("figure").FirstOrDefault()?.GetAttribute("data-points");

    private Task UntilAsync(IRenderedComponent<RunCurves> curves, int points) =>
        UntilAsync(() => Points(curves) is { } drawn && int.Parse(drawn) >= points, $"{points} points, there are {Points(curves)}");

    private async Task UntilAsync(Func<bool> holds, string what)
    {
        var start = TimeProvider.System.GetTimestamp();
        while (!holds())
        {
            await PassAsync(TimeSpan.FromMilliseconds(100));
            Assert.True(TimeProvider.System.GetElapsedTime(start) < TimeSpan.FromSeconds(30), $"Waited 30 s for {what}.");
        }
    }

    private async Task PassAsync(TimeSpan time)
    {
        for (var passed = TimeSpan.Zero; passed < time; passed += TimeSpan.FromMilliseconds(100))
        {
            clock.Advance(TimeSpan.FromMilliseconds(100));
            await Task.Delay(2); // the feed works on other threads; what the tick woke gets a moment to run
        }
    }
}
