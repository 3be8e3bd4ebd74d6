using Poa.Data.Datasets;
using Poa.Elastic;
using Poa.Worker;

namespace Poa.Cli.Running;

/// <summary>What a run is to be made of, checked before any host is asked: a wrong word costs no waiting.</summary>
/// <param name="Configuration">Valid, with the number of threads settled.</param>
/// <param name="Data">Canonical data specification with an absolute folder: the host may have another current folder.</param>
internal sealed record RunPlan(PoaConfiguration Configuration, string Data)
{
    /// <param name="file">A YAML file, or null.</param>
    /// <param name="preset">A preset's name, or null.</param>
    /// <param name="overrides"><c>key=value</c> texts.</param>
    /// <param name="data">Data specification; null takes the configuration's <c>train.dataset_path</c>.</param>
    /// <param name="recipe">A recipe's name, or null for none.</param>
    /// <exception cref="CliException">Neither or both of file and preset are given, or the file cannot be read.</exception>
    /// <exception cref="ConfigurationException">The configuration is wrong; every fault is named.</exception>
    /// <exception cref="DatasetException">The data cannot be used.</exception>
    public static RunPlan Make(string? file, string? preset, IReadOnlyList<string> overrides, string? data, string? recipe = null)
    {
        var configuration = Configure(file, preset, overrides, recipe);
        var specification = Absolute(DataSpecification.Parse(data ?? configuration.Train.DatasetPath));
        // Opened here as well as by the worker: a missing folder is said at once, not by a failed run.
        var images = specification.Open();
        var batch = configuration.Train.BatchSizePerGpu;
        return images.Count >= batch
            ? new RunPlan(configuration, specification.ToString())
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
