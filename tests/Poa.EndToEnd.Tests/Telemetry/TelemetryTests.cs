using System.Text.Json;
using Poa.Actors.Abstractions;
using Poa.EndToEnd.Tests.Cluster;
using Poa.EndToEnd.Tests.Processes;
using Poa.Testing;
using Xunit;

namespace Poa.EndToEnd.Tests.Telemetry;

/// <summary>What real processes of a cluster tell a collector and their logs, by configuration alone.</summary>
[Collection(WholeMachine.Name)]
public sealed class TelemetryTests(PostgresServer postgres, AzuriteServer azurite)
{
    private const string Worker = "poa-worker", Control = "poa-control", Dashboard = "poa-dashboard", Kind = "poa.work.kind";
    private const string Rate = "poa.training.images_per_second";
    private const int Steps = 20;

    [Fact]
    public async Task Cluster_WithAnEndpoint_ExportsMetricsTracesAndLogs()
    {
        await using var receiver = await OtlpReceiver.StartAsync();
        await using var cluster = await ProcessCluster.CreateAsync(postgres, azurite);
        cluster.Set("OTEL_EXPORTER_OTLP_ENDPOINT", receiver.Endpoint);
        cluster.Set("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf");
        cluster.Set("OTEL_METRIC_EXPORT_INTERVAL", "300");
        cluster.Set("OTEL_BSP_SCHEDULE_DELAY", "300");
        await cluster.InitAsync();
        var control = await cluster.SiloAsync("control-1");
        var worker = await cluster.SiloAsync("worker-1");
        var dashboard = cluster.Service("dashboard");
        await dashboard.WaitForTextAsync("telemetry: traces and metrics to " + receiver.Endpoint, TimeSpan.FromSeconds(90));

        await cluster.RunAsync([.. TinyRun.Arguments, $"train.OFFICIAL_EPOCH_LENGTH={Steps}"]);
        await cluster.RunAsync("evaluate", TinyRun.Id, "--subnetworks", "48x2");
        await TrainingAsync(receiver);
        await JobsAsync(receiver);
        await SourcesOfOthersAsync(receiver);

        await QueueAndLossAsync(receiver, cluster, worker);
        await TracesAsync(receiver);
        AssertJson(control.Error);
    }

    [Fact]
    public async Task Host_WithAnEndpointForMetricsAlone_ExportsThemAndNothingElse()
    {
        await using var receiver = await OtlpReceiver.StartAsync();
        using var home = new TemporaryHome();
        var told = new Dictionary<string, string>
        {
            ["OTEL_EXPORTER_OTLP_METRICS_ENDPOINT"] = receiver.Endpoint + "/v1/metrics",
            ["OTEL_EXPORTER_OTLP_METRICS_PROTOCOL"] = "http/protobuf",
            ["OTEL_METRIC_EXPORT_INTERVAL"] = "300",
            ["OTEL_BSP_SCHEDULE_DELAY"] = "300",
        };
        await using var host = PoaProcess.Start(home.Folder, told, "up", "--no-dashboard");
        await host.WaitForTextAsync($"telemetry: metrics to {receiver.Endpoint}", TimeSpan.FromSeconds(90));

        await receiver.PointsAsync("poa-host", "dotnet.process.cpu.time", _ => true);
        Assert.Empty(receiver.Spans);
    }

    private static async Task TrainingAsync(OtlpReceiver receiver)
    {
        var images = Assert.Single(await receiver.PointsAsync(Worker, "poa.training.images", points => points.Sum(point => point.Value) >= Steps * 8));
        Assert.Equal((Steps * 8.0, TinyRun.Id, "worker-1", "{image}"), (images.Value, images.Tags["poa.run"], images.Instance, images.Unit));
        await receiver.PointsAsync(Worker, Rate, points => points.All(point => point.Value == 0)); // the run has ended

        var step = Assert.Single(await receiver.PointsAsync(Worker, "poa.training.step.duration", points => points[0].Value >= Steps));
        Assert.Equal((Steps, "s", "cpu"), ((int)step.Value, step.Unit, step.Tags["poa.device"]));
        string[] phases = ["data", "teacher", "intact_forward", "intact_backward", "elastic_forward", "elastic_backward", "gradients", "update"];
        var parts = await receiver.PointsAsync(Worker, "poa.training.phase.duration", points => points.Count >= phases.Length && points.All(point => point.Value >= Steps));
        Assert.Equal(phases.Order(), parts.Select(point => point.Tags["poa.training.phase"]).Order());
        // The parts are the step: what is between them is next to nothing.
        Assert.InRange(parts.Sum(point => point.Sum), 0.8 * step.Sum, step.Sum);

        // At the begin, after ten steps, at the end.
        var checkpoints = Assert.Single(await receiver.PointsAsync(Worker, "poa.checkpoint.duration", points => points[0].Value >= 3));
        Assert.True(checkpoints is { Value: 3, Sum: > 0 }, checkpoints.ToString());
        Assert.True(Assert.Single(await receiver.PointsAsync(Worker, "poa.checkpoint.size", _ => true)).Value > 100_000);
    }

    private static async Task JobsAsync(OtlpReceiver receiver)
    {
        var jobs = await receiver.PointsAsync(Control, "poa.jobs.ended", points => points.Count >= 2);
        Assert.Equal(["evaluate completed 1", "train completed 1"], jobs.Select(job => $"{job.Tags[Kind]} {job.Tags["poa.job.outcome"]} {job.Value}").Order());
        var granted = await receiver.PointsAsync(Control, "poa.leases.granted", points => points.Count >= 2);
        Assert.Equal(["evaluate 1", "train 1"], granted.Select(lease => $"{lease.Tags[Kind]} {lease.Value}").Order());
        var work = await receiver.PointsAsync(Worker, "poa.work.duration", points => points.Count >= 2);
        Assert.All(work, lease => Assert.Equal("completed", lease.Tags["poa.work.outcome"]));
    }

    private static async Task SourcesOfOthersAsync(OtlpReceiver receiver)
    {
        foreach (var silo in (string[])[Control, Worker])
        {
            Assert.Equal("Microsoft.Orleans", (await receiver.PointsAsync(silo, "orleans-messaging-sent-messages-size", _ => true))[0].Scope);
        }

        await receiver.PointsAsync(Dashboard, "dotnet.process.cpu.time", _ => true);
        await receiver.PointsAsync(Dashboard, "orleans-client-connected-gateways", points => points[0].Value >= 1);
    }

    private static async Task QueueAndLossAsync(OtlpReceiver receiver, ProcessCluster cluster, PoaProcess worker)
    {
        string[] Endless(string run) => [.. TinyRun.Arguments.Select(argument => argument == TinyRun.Id ? run : argument), "optim.epochs=1000", "--detach"];
        await cluster.RunAsync(Endless("first"));
        await cluster.RunAsync(Endless("second"));
        await receiver.PointsAsync(Control, "poa.leases.held", points => OfTraining(points).Value == 1);
        await receiver.PointsAsync(Worker, Rate, points => points.Any(point => point.Tags["poa.run"] == "first" && point.Value > 0));
        await receiver.PointsAsync(Control, "poa.queue.length", points => points.Count == WorkId.Kinds.Length && OfTraining(points).Value == 1 && points.Sum(point => point.Value) == 1);

        await worker.KillAsync();
        await cluster.SiloAsync("worker-1");
        var lost = Assert.Single(await receiver.PointsAsync(Control, "poa.leases.lost", _ => true));
        Assert.Equal(("train", ErrorCodes.WorkerLost, 1.0), (lost.Tags[Kind], lost.Tags["error.type"], lost.Value));
        await cluster.RunAsync("cancel", "first");
        await cluster.RunAsync("cancel", "second");
        await receiver.PointsAsync(Control, "poa.queue.length", points => points.All(point => point.Value == 0));

        static ReceivedPoint OfTraining(IReadOnlyList<ReceivedPoint> points) => points.Single(point => point.Tags[Kind] == WorkId.TrainingKind);
    }

    private static async Task TracesAsync(OtlpReceiver receiver)
    {
        await Until.TrueAsync("spans of work and checkpoints", () => Task.FromResult(
            receiver.Spans.Any(span => span is { Service: Worker, Scope: "Poa.Worker", Name: "work train" } && span.Tags["poa.run"] == TinyRun.Id && span.Tags["poa.work.outcome"] == "completed") &&
            receiver.Spans.Any(span => span is { Service: Worker, Name: "publish checkpoint" } && span.Tags["poa.iteration"] == "10")), every: TimeSpan.FromMilliseconds(100));
        // A call is one trace on both sides.
        await Until.TrueAsync("a trace over two processes", () => Task.FromResult(receiver.Spans
            .Where(span => span.Scope == "Microsoft.Orleans.Application")
            .GroupBy(span => span.Trace)
            .Any(trace => trace.Select(span => span.Service).Distinct().Count() > 1)), every: TimeSpan.FromMilliseconds(100));
    }

    /// <summary>Each line is an object; named values can be asked for, and lead to the trace.</summary>
    private static void AssertJson(string log)
    {
        var lines = log.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement).ToList();
        var granted = lines.First(line => line.GetProperty("State").TryGetProperty("WorkId", out var work) && work.GetString() == WorkId.Training(TinyRun.Id, 0) && line.GetProperty("State").TryGetProperty("Token", out _));
        Assert.Equal(("Information", "Poa.Actors.SchedulerGrain"), (granted.GetProperty("LogLevel").GetString(), granted.GetProperty("Category").GetString()));
        Assert.True(DateTimeOffset.TryParse(granted.GetProperty("Timestamp").GetString(), out _));
        Assert.Contains("TraceId", granted.GetProperty("Scopes").GetRawText(), StringComparison.Ordinal);
    }
}
