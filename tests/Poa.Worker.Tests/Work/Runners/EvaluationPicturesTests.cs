using System.Collections.Immutable;
using Poa.Actors.Abstractions;
using Poa.Data.Imaging;
using Poa.Evaluation.Drawing;
using Poa.Worker.Execution;
using Poa.Worker.Work;
using Poa.Worker.Work.Runners;
using Xunit;

namespace Poa.Worker.Tests.Work.Runners;

/// <summary>What becomes of pictures when an evaluation ends before its result.</summary>
public sealed class EvaluationPicturesTests : IDisposable
{
    private readonly WorkBench bench = new();

    private string[] Stored
    {
        get
        {
            var folder = bench.BlobFile($"runs/{TinyRun.Id}");
            return Directory.Exists(folder) ? [.. Directory.GetFiles(folder, "*.jpg", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(folder, file)).Order(StringComparer.Ordinal)] : [];
        }
    }

    public void Dispose() => bench.Dispose();

    [Theory]
    [InlineData(StopReason.Cancel, false)]
    [InlineData(StopReason.Shutdown, true)]
    public async Task Execute_BrokenOffAfterAPicture_LeavesItOnlyForWhoGoesOn(StopReason reason, bool stays)
    {
        await BreakOffAsync(reason, "sweep-1");

        Assert.Equal(stays ? ["32x2", "48x3"] : ["32x2"], Stored.Select(file => file.Split('/')[2]));
        Assert.Equal(Path.GetFileName(Stored[0]), Assert.Single(Assert.Single(bench.Reporter.Of<EvaluationResult>()).Pictures).Name);
    }

    [Fact]
    public async Task Execute_ComputedAnewAndGivenUp_LeavesThePicturesOfTheStoredResult()
    {
        await BreakOffAsync(StopReason.Shutdown, "sweep-1");
        var before = Stored;

        await BreakOffAsync(StopReason.Cancel, "sweep-2", results: false);

        Assert.Equal(before, Stored);
    }

    private async Task BreakOffAsync(StopReason reason, string owner, bool results = true)
    {
        using var stop = new StopSignal();
        var work = new EvaluationWork(
            TinyRun.Id, 0, Benchmarks.Coco, new("coco:a", "coco:b"), ImmutableDictionary<string, string>.Empty, ["32x2", "48x3"], TinyRun.Yaml);
        var handler = new EvaluationHandler(bench.Blobs, [new BrokenOff(() => stop.Request(reason), results)], TimeProvider.System);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => handler.ExecuteAsync(bench.Context(work, stop, owner: owner)));
    }

    /// <summary>Comes to the first sub-network's result, and to a picture of the second.</summary>
    private sealed class BrokenOff(Action stop, bool results) : IBenchmarkRunner
    {
        private static readonly DrawnPicture Picture = new("grey", RgbImage.FromGrey(4, 4, new byte[16]));

        public bool Runs(string benchmark) => true;

        public Task<long> RunAsync(EvaluationRun run)
        {
            var album = run.Pictures.AlbumOf("32x2");
            album.Add(Picture);
            if (results)
            {
                run.Outlet.Result(new EvaluationResult
                {
                    SubNetwork = "32x2",
                    Benchmark = Benchmarks.Coco,
                    Metrics = ImmutableSortedDictionary<string, double>.Empty,
                    Headline = "",
                    Protocol = ImmutableSortedDictionary<string, string>.Empty,
                    Pictures = album.Pictures,
                });
            }

            run.Pictures.AlbumOf("48x3").Add(Picture);
            stop();
            return Task.FromException<long>(new OperationCanceledException());
        }
    }
}
