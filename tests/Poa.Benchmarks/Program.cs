using System.Globalization;
using System.Text.Json;
using Poa.Benchmarks;
using Poa.Benchmarks.Dashboard;
using Poa.Benchmarks.Devices;
using Poa.Benchmarks.Orchestration;
using Poa.Benchmarks.Recovery;
using Poa.Benchmarks.Search;
using Poa.Networks;

if (args is [] or [.., "--help"] or ["-h"])
{
    Console.WriteLine(BenchmarkOptions.Help);
    return 0;
}

if (args is [DashboardServer.Command, var home])
{
    await DashboardServer.ServeAsync(home);
    return 0;
}

if (args is [ExchangeMember.Command, var configuration, var floats])
{
    ExchangeMember.Run(configuration, floats);
    return 0;
}

if (args is [RecoverySilo.Command, var role, var name, var folder, var cluster])
{
    await RecoverySilo.ServeAsync(role, name, folder, cluster);
    return 0;
}

BenchmarkOptions options;
try
{
    options = BenchmarkOptions.Parse(args);
}
catch (FormatException error)
{
    Console.Error.WriteLine(error.Message);
    return 2;
}

TorchRuntime.SetThreads(options.Threads);
Func<BenchmarkOptions, Report>[] benchmarks = options.Command switch
{
    "step" => [StepBenchmark.Run],
    "knn" => [KnnBenchmark.Run],
    "augment" => [AugmentBenchmark.Run],
    "metrics" => [MetricsBenchmark.Run],
    "cocoeval" => [CocoEvalBenchmark.Run],
    "detops" => [DetectionOperatorsBenchmark.Run],
    "detector-step" => [DetectorStepBenchmark.Run],
    "exchange" => [ExchangeBenchmark.Run],
    "dashboard" => [DashboardBenchmark.Run],
    "devices" => [DeviceParityBenchmark.Run],
    "orchestration" => [OrchestrationBenchmark.Run],
    "recovery" => [RecoveryBenchmark.Execute],
    "search" => [SearchBenchmark.Run],
    _ => [StepBenchmark.Run, KnnBenchmark.Run, AugmentBenchmark.Run],
};
var reports = new List<Report>();
foreach (var benchmark in benchmarks)
{
    reports.Add(benchmark(options));
    if (!options.Json)
    {
        Print(reports[^1]);
    }
}

if (options.Json)
{
    Console.WriteLine(JsonSerializer.Serialize(reports, new JsonSerializerOptions(JsonSerializerDefaults.Web) { WriteIndented = true }));
}

return 0;

static void Print(Report report)
{
    Console.WriteLine($"{report.Benchmark}: {report.Conditions}");
    foreach (var (name, value, unit) in report.Measurements)
    {
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {name,-36} {value,10:F3} {unit}"));
    }
}
