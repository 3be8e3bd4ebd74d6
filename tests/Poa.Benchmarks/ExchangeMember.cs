using System.Diagnostics;
using System.Globalization;
using System.Net;
using Poa.Elastic;
using Poa.Training.Exchange;
using Poa.Training.Exchange.Tcp;
using Poa.Training.Session;
using static TorchSharp.torch;

namespace Poa.Benchmarks;

/// <summary>What a member of a formation measures.</summary>
/// <param name="Steps">Steps after the warm-up.</param>
/// <param name="SumSeconds">Seconds of each sum of a vector as long as the gradient.</param>
internal sealed record ExchangeFigures(IReadOnlyList<StepRecord> Steps, IReadOnlyList<double> SumSeconds);

/// <summary>The second process of <see cref="ExchangeBenchmark"/>, and what both processes do.</summary>
internal static class ExchangeMember
{
    /// <summary>First argument of the second process; then the configuration and the number of floats to sum.</summary>
    public const string Command = "exchange-member";

    /// <summary>Steps, and sums, that are not counted.</summary>
    public const int WarmUp = 2;

    /// <summary>Starts the second process and does the first one's part.</summary>
    public static ExchangeFigures MeasureWithAnother(PoaConfiguration configuration, long floats)
    {
        using var listener = TcpShardListener.Open(IPAddress.Loopback);
        var start = new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardInput = true, RedirectStandardOutput = true };
        foreach (var argument in new[] { Command, configuration.ToYaml(), floats.ToString(CultureInfo.InvariantCulture) })
        {
            start.ArgumentList.Add(argument);
        }

        using var second = Process.Start(start)!;
        var there = second.StandardOutput.ReadLine() ?? throw new InvalidOperationException("The second process has ended before it began.");
        second.StandardInput.WriteLine(listener.EndPoint);
        using var exchange = Form(listener, 0, listener.EndPoint.ToString(), there);
        var figures = Measure(configuration, floats, exchange);
        second.WaitForExit();
        return figures;
    }

    /// <summary>The second process.</summary>
    public static void Run(string yaml, string floats)
    {
        using var listener = TcpShardListener.Open(IPAddress.Loopback);
        Console.WriteLine(listener.EndPoint);
        using var exchange = Form(listener, 1, Console.ReadLine()!, listener.EndPoint.ToString());
        Measure(PoaConfiguration.Load([new ConfigurationSource("benchmark", yaml)], []), long.Parse(floats, CultureInfo.InvariantCulture), exchange);
    }

    /// <summary>Steps of a run, then sums of a vector.</summary>
    public static ExchangeFigures Measure(PoaConfiguration configuration, long floats, IShardExchange exchange)
    {
        var images = new SyntheticImages(64, configuration.Crops.GlobalCropsSize);
        using var session = TrainingSession.Create(configuration, images, exchange: exchange);
        var observer = new Recorder();
        var folder = Directory.CreateTempSubdirectory("poa-exchange-").FullName;
        try
        {
            session.Run(observer, folder);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }

        return new([.. observer.Steps.Skip(WarmUp)], exchange.World == 1 ? [] : Sums(floats, observer.Steps.Count - WarmUp, exchange));
    }

    private static TcpExchange Form(TcpShardListener listener, int rank, params string[] members) =>
        TcpExchange.FormAsync(listener, new("benchmark", 1, "", rank, members)).GetAwaiter().GetResult();

    private static List<double> Sums(long floats, int repeats, IShardExchange exchange)
    {
        using var scope = NewDisposeScope();
        var group = new ShardGroup(exchange, exchange.World);
        var vector = ones(floats);
        var seconds = new List<double>();
        for (var i = 0; i < WarmUp + repeats; i++)
        {
            group.Gather([[i]]); // both begin together
            var started = Stopwatch.GetTimestamp();
            using var inner = NewDisposeScope();
            group.Sum([vector]);
            seconds.Add(Stopwatch.GetElapsedTime(started).TotalSeconds);
        }

        return seconds[WarmUp..];
    }

    private sealed class Recorder : ISessionObserver
    {
        public List<StepRecord> Steps { get; } = [];

        public void OnStep(StepRecord record) => Steps.Add(record);

        public void OnCheckpoint(string folder, long iteration) => Directory.Delete(folder, recursive: true);

        public void OnEvent(SessionEvent sessionEvent)
        {
        }
    }
}
