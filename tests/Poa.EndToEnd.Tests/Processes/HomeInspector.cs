using System.Text.Json;
using Poa.Actors.Abstractions;
using Poa.Storage;

namespace Poa.EndToEnd.Tests.Processes;

/// <summary>Reads a data folder from outside, whether a host serves it or not.</summary>
public sealed class HomeInspector(TemporaryHome home)
{
    public string BlobFolder => home.PathOf("blobs");

    public string CheckpointFolder(string run, long iteration) => Path.Combine(BlobFolder, "runs", run, "checkpoints", $"{iteration:D10}");

    /// <summary>Every step's figures bit for bit, without measured times.</summary>
    public Task<IReadOnlyList<string>> SeriesAsync(string run) => StepSeries.ReadAsync(new LocalBlobStore(BlobFolder), run);

    /// <summary>The last step whose figures are stored; -1 for none.</summary>
    public async Task<long> LastStepAsync(string run)
    {
        var last = -1L;
        await foreach (var record in MetricsReader.ReadAsync(new LocalBlobStore(BlobFolder), run))
        {
            last = record.Iteration;
        }

        return last;
    }

    public byte[] Teacher(string run, long iteration) => File.ReadAllBytes(Path.Combine(CheckpointFolder(run, iteration), "teacher.safetensors"));

    public bool HasManifest(string run, long iteration) => File.Exists(Path.Combine(CheckpointFolder(run, iteration), "manifest.json"));

    /// <summary>An upload is under way, or was cut off: blobs are there and the manifest is not.</summary>
    public bool IsBetweenBlobsAndManifest(string run, long iteration)
    {
        var folder = CheckpointFolder(run, iteration);
        return Directory.Exists(folder) && Directory.EnumerateFiles(folder).Any() && !HasManifest(run, iteration);
    }

    /// <summary>The step, from 0, at which a host that was killed was training; null if it was at no step. Its next start takes the file away.</summary>
    public long? InterruptedStep()
    {
        var file = Directory.EnumerateFiles(home.PathOf("scratch"), "place.json", SearchOption.AllDirectories).SingleOrDefault();
        var json = file is null ? "" : File.ReadAllText(file);
        return string.IsNullOrWhiteSpace(json) ? null : JsonSerializer.Deserialize<InterruptedTraining>(json)!.Step;
    }
}
