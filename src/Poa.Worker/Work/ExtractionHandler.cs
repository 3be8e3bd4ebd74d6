using System.Globalization;
using System.Text;
using Poa.Actors.Abstractions;
using Poa.Networks;
using Poa.Storage;
using Poa.Worker.Execution;

namespace Poa.Worker.Work;

/// <summary>Makes a plain network of one sub-network of a checkpoint's teacher, and publishes it with configuration and model card.</summary>
internal sealed class ExtractionHandler(IBlobStore blobs, TimeProvider time) : IWorkHandler
{
    private const string ModelFile = "model.safetensors";
    private const string ConfigFile = "config.json";
    private const string CardFile = "README.md";

    /// <inheritdoc/>
    public bool Handles(WorkItem work) => work is ExtractionWork;

    /// <inheritdoc/>
    public async Task<WorkCompletion> ExecuteAsync(WorkContext context)
    {
        var work = (ExtractionWork)context.Lease.Work;
        var started = time.GetTimestamp();
        await context.Reporter.ProgressAsync(new WorkProgress { Done = 0, Total = 1, Unit = "networks", Phase = "extracting" }).ConfigureAwait(false);
        var configuration = RunConfiguration.Parse(work.ConfigurationYaml);
        var grid = configuration.Grid();
        var subNetwork = grid.Parse(work.SubNetwork);
        var teacher = await TeacherFiles.FetchAsync(blobs, work.Run, work.Iteration, context.Scratch, context.Stop.Token).ConfigureAwait(false);
        var folder = Path.Combine(context.Scratch, "model");
        Directory.CreateDirectory(folder);
        var plain = await context.Device.RunAsync(threads: 0, device => PlainNetworks.Write(Path.Combine(folder, ModelFile), teacher.Path, configuration, subNetwork, device), context.Stop.Token).ConfigureAwait(false);
        await File.WriteAllTextAsync(Path.Combine(folder, ConfigFile), Extraction.ConfigJson(plain), context.Stop.Token).ConfigureAwait(false);
        var card = ModelCard.Text(work, grid.CostOf(subNetwork, plain.ImageSize), plain, teacher.Manifest);
        await File.WriteAllTextAsync(Path.Combine(folder, CardFile), card, new UTF8Encoding(false), context.Stop.Token).ConfigureAwait(false);

        var description = new SubNetworkDescription
        {
            CheckpointHash = teacher.Manifest.ContentHash(),
            SoftwareVersion = SoftwareVersion.Product,
            Properties = new Dictionary<string, string>
            {
                ["parameters"] = grid.CostOf(subNetwork, plain.ImageSize).Parameters.ToString(CultureInfo.InvariantCulture),
            },
        };
        // Another version of this software may write another card or header for the same weights; the newest request counts.
        var manifest = await new SubNetworkStore(blobs, time).PublishAsync(
            work.Run, work.Iteration, work.SubNetwork, ArtifactContent.FromFolder(folder), description, PublishConflict.Replace, context.Stop.Lost).ConfigureAwait(false);
        var prefix = BlobLayout.SubNetwork(work.Run, work.Iteration, work.SubNetwork);
        return new WorkCompletion
        {
            Cost = new WorkCost(time.GetElapsedTime(started), 0, Device: context.Lease.Device),
            Model = new ExtractedModel(
                prefix, ManifestHash(manifest), [.. manifest.Files.Select(file => new PublishedFile(prefix + file.Name, file.Size, file.Sha256))]),
        };
    }

    private static string ManifestHash(SubNetworkManifest manifest) =>
        Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(Encoding.UTF8.GetBytes(
            $"{manifest.CheckpointHash}\n{string.Join('\n', manifest.Files.Select(file => $"{file.Name} {file.Sha256}"))}")));
}
