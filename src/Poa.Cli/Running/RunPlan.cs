using System.Text.Json;
using Poa.Actors.Client;
using Poa.Data.Datasets;
using Poa.Elastic;
using Poa.Networks;
using Poa.Worker;

namespace Poa.Cli.Running;

/// <summary>What a run is to be made of, checked before any host is asked: a wrong word costs no waiting.</summary>
/// <param name="Configuration">Valid, with the number of threads settled.</param>
/// <param name="Data">Canonical data specification with an absolute folder: the host may have another current folder.</param>
/// <param name="WeightsFile">File of published weights that is yet to be stored; null where the run starts from none, or from stored ones.</param>
internal sealed record RunPlan(PoaConfiguration Configuration, string Data, string? WeightsFile = null)
{
    /// <param name="file">A YAML file, or null.</param>
    /// <param name="preset">A preset's name, or null.</param>
    /// <param name="overrides"><c>key=value</c> texts.</param>
    /// <param name="data">Data specification; null takes the configuration's <c>train.dataset_path</c>.</param>
    /// <param name="recipe">A recipe's name, or null for none.</param>
    /// <param name="weights">File of published weights to start from; null takes the configuration's <c>MODEL.WEIGHTS</c>.</param>
    /// <exception cref="CliException">Neither or both of file and preset are given, or the file cannot be read.</exception>
    /// <exception cref="ConfigurationException">The configuration is wrong; every fault is named.</exception>
    /// <exception cref="DatasetException">The data cannot be used.</exception>
    /// <exception cref="PublishedWeightsException">The weights do not fit the network, or are no weights.</exception>
    public static RunPlan Make(string? file, string? preset, IReadOnlyList<string> overrides, string? data, string? recipe = null, string? weights = null)
    {
        var configuration = Configure(file, preset, weights is null ? overrides : [.. overrides, $"MODEL.WEIGHTS={JsonSerializer.Serialize(weights)}"], recipe);
        var weightsFile = FittingWeights(configuration);
        var specification = Absolute(DataSpecification.Parse(data ?? configuration.Train.DatasetPath));
        // Opened here as well as by the worker: a missing folder is said at once, not by a failed run.
        var images = specification.Open();
        var batch = configuration.Train.BatchSizePerGpu;
        return images.Count >= batch
            ? new RunPlan(configuration, specification.ToString(), weightsFile)
            : throw new CliException(
                $"{specification} holds {images.Count} images, fewer than one batch (train.batch_size_per_gpu is {batch}).",
                $"Add images, or lower the batch: train.batch_size_per_gpu={images.Count}", ExitCodes.Usage);
    }

    /// <summary>Merges file or preset, recipe and overrides, and settles the number of threads, which is part of a run.</summary>
    /// <exception cref="CliException">Neither or both of file and preset are given, or the file cannot be read.</exception>
    /// <exception cref="ConfigurationException">The configuration is wrong; every fault is named.</exception>
    public static PoaConfiguration Configure(string? file, string? preset, IReadOnlyList<string> overrides, string? recipe = null)
    {
        var sources = (file, preset) switch
        {
            (not null, null) => [Read(file, "configuration file")],
            (null, not null) => ConfigurationPresets.Sources(preset),
            _ => throw new CliException(
                file is null ? "No configuration is given." : "Both --config and --preset are given.",
                $"Give one of: --config FILE, or --preset NAME with NAME one of {string.Join(", ", ConfigurationPresets.Names)}.", ExitCodes.Usage),
        };
        var configuration = PoaConfiguration.Load(ConfigurationRecipes.Over(sources, recipe), overrides);
        return configuration.Train.Threads > 0
            ? configuration
            : configuration with { Train = configuration.Train with { Threads = WorkerOptions.DefaultThreads() } };
    }

    /// <summary>Stores the weights that are yet to be stored.</summary>
    /// <returns>The configuration as the run gets it.</returns>
    public async Task<PoaConfiguration> StoreWeightsAsync(PoaClient client, CancellationToken cancellationToken) => WeightsFile is null
        ? Configuration
        : Configuration with { Model = new ModelOptions { Weights = await client.Weights.UploadAsync(WeightsFile, cancellationToken).ConfigureAwait(false) } };

    /// <summary>The file that the configuration starts from, looked at here: what does not fit is said at once, not by a failed run.</summary>
    private static string? FittingWeights(PoaConfiguration configuration)
    {
        var model = configuration.Model;
        if (model.Weights.Length == 0 || model.StoredWeights is not null)
        {
            return null;
        }

        if (!File.Exists(model.Weights))
        {
            throw new CliException(
                $"There is no file {model.Weights} with weights to start from.", "Check --weights or MODEL.WEIGHTS; stored weights are named sha256:HASH.", ExitCodes.Usage);
        }

        var report = PublishedWeights.Inspect(model.Weights, configuration.ViTArchitecture());
        return report.Fits ? Path.GetFullPath(model.Weights) : throw new PublishedWeightsException(report);
    }

    /// <summary>A data specification whose folder does not depend on the current one.</summary>
    public static DataSpecification Absolute(DataSpecification specification) =>
        specification.Path.Length == 0 ? specification : specification with { Path = Path.GetFullPath(specification.Path) };

    /// <summary>The text of a YAML file.</summary>
    /// <param name="file">Its path.</param>
    /// <param name="what">What it is, for the error.</param>
    /// <exception cref="CliException">It cannot be read.</exception>
    public static ConfigurationSource Read(string file, string what)
    {
        try
        {
            return new ConfigurationSource(file, File.ReadAllText(file));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CliException($"The {what} {file} cannot be read: {e.Message}",
                "Check the path, or use what comes along: --preset NAME", ExitCodes.Usage, e);
        }
    }
}
