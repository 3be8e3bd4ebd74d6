using System.Globalization;

namespace Poa.Benchmarks;

/// <summary>What the command line asks for.</summary>
internal sealed record BenchmarkOptions
{
    public const string Help = """
        Measures the speed of training, of evaluation and of reading metrics on this machine.

        Usage: Poa.Benchmarks step|knn|augment|metrics|cocoeval|detops|detector-step|exchange|dashboard|devices|orchestration|recovery|search|all [options]

          step      one training step: images/s, GFLOP/s, share of the matrix-multiply peak, phases
          knn       k-NN features of a whole grid: one shared pass against one pass per sub-network
          augment   the data pipeline alone: images/s
          metrics   curves of a long run, read from its log
          cocoeval  COCO's scoring of boxes and masks: 5,000 images x 100 detections
          detops    operators of the detector at 512 x 512, batch 2: RoIAlign, NMS, assignment, masks, each beside its slow form
          detector-step  one training step of the COCO detector: time outside of matrix products and convolutions
          exchange  two processes that train together: exchange of gradients in MB/s and as a share of the step, for 5 M and 50 M
                    parameters, against one process of two threads
          dashboard first content of every page with 1,000 runs, a run of 300,000 steps and a sweep of 572 jobs in the store; cost of
                    many open pages on a live run (needs Chromium: POA_CHROMIUM, or Debian's /usr/bin/chromium)
          devices   pre-training and every evaluation on the processor and on another device: differences and times
          orchestration  what a job costs beside its work: a sweep of 572 jobs that do nothing, and 10,000 such jobs over 100 workers
          recovery  how soon a cluster goes on: worker killed to training again, control silo killed to commands answered
          search    budget search on the demo's grid, measured whole: how near it comes to the best with a third of the evaluations
          all       step, knn and augment, one after the other

          --preset NAME     configuration of step and augment (default bench)
          --repeats N       measured repetitions (default 10; the median is printed)
          --images N        training images of knn (default 2000; a quarter as many test images)
          --steps N         steps of the run of metrics (default 300000)
          --threads N       threads of the tensor library (default: all cores)
          --loads N         loads of each page of the dashboard (default 50)
          --page TEXT       only pages of the dashboard whose name begins so, and none on the live run
          --open-pages N    pages that are open on the live run (default 50)
          --workers N       simulated workers of orchestration (default 100)
          --postgresql TEXT connection string of an empty data base, for recovery and orchestration (default of the latter: SQLite)
          --jobs N          jobs of orchestration (default 10000)
          --budgets N       random budgets of search (default 20)
          --folder PATH     where cocoeval leaves its two JSON files (default: nowhere)
          --device NAME     device of step, and the other device of devices: cuda or cuda:N (default: cpu for step, cuda for devices)
          --json            print JSON
          --help            print this
        """;

    public required string Command { get; init; }

    public string Preset { get; init; } = "bench";

    public int Repeats { get; init; } = 10;

    public int Images { get; init; } = 2000;

    public int Steps { get; init; } = 300_000;

    public int Threads { get; init; } = Environment.ProcessorCount;

    public int Loads { get; init; } = 50;

    public int OpenPages { get; init; } = 50;

    public int Workers { get; init; } = 100;

    public int Jobs { get; init; } = 10_000;

    public int Budgets { get; init; } = 20;

    public string? PostgreSql { get; init; }

    public string? Page { get; init; }

    public string? Folder { get; init; }

    public string? Device { get; init; }

    public bool Json { get; init; }

    /// <exception cref="FormatException">An argument is unknown or has no number where one is needed.</exception>
    public static BenchmarkOptions Parse(string[] arguments)
    {
        if (arguments is not [var command, ..] || command is not ("step" or "knn" or "augment" or "metrics" or "cocoeval" or "detops" or "detector-step" or "exchange" or "dashboard" or "devices" or "orchestration" or "recovery" or "search" or "all"))
        {
            throw new FormatException($"Say what to measure: step, knn, augment, metrics, cocoeval, detops, detector-step, exchange, dashboard, devices, orchestration, recovery, search or all; not '{string.Join(' ', arguments)}'.");
        }

        var options = new BenchmarkOptions { Command = command };
        for (var i = 1; i < arguments.Length; i++)
        {
            options = arguments[i] switch
            {
                "--json" => options with { Json = true },
                "--folder" => options with { Folder = Value(arguments, ++i) },
                "--device" => options with { Device = Value(arguments, ++i) },
                "--preset" => options with { Preset = Value(arguments, ++i) },
                "--repeats" => options with { Repeats = Number(arguments, ++i) },
                "--images" => options with { Images = Number(arguments, ++i) },
                "--loads" => options with { Loads = Number(arguments, ++i) },
                "--page" => options with { Page = Value(arguments, ++i) },
                "--open-pages" => options with { OpenPages = Number(arguments, ++i) },
                "--workers" => options with { Workers = Number(arguments, ++i) },
                "--postgresql" => options with { PostgreSql = Value(arguments, ++i) },
                "--jobs" => options with { Jobs = Number(arguments, ++i) },
                "--budgets" => options with { Budgets = Number(arguments, ++i) },
                "--steps" => options with { Steps = Number(arguments, ++i) },
                "--threads" => options with { Threads = Number(arguments, ++i) },
                var unknown => throw new FormatException($"Unknown option '{unknown}'; --help lists them."),
            };
        }

        return options;
    }

    private static string Value(string[] arguments, int i) =>
        i < arguments.Length ? arguments[i] : throw new FormatException($"{arguments[i - 1]} needs a value.");

    private static int Number(string[] arguments, int i) =>
        int.TryParse(Value(arguments, i), NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0
            ? number
            : throw new FormatException($"{arguments[i - 1]} needs a positive whole number, not '{arguments[i]}'.");
}
