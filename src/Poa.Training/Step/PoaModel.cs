using Poa.Elastic;
using Poa.Networks;
using Poa.Training.Losses;
using Poa.Training.Optimisation;
using static TorchSharp.torch;

namespace Poa.Training.Step;

/// <summary>
/// Everything that a run trains and keeps: the student (whose weights serve the intact and every elastic student), the
/// teacher (their running average), AdamW's moments, the centres of the teacher's outputs, and the queue of a frozen teacher's embeddings. Owns its tensors.
/// </summary>
public sealed class PoaModel : IDisposable
{
    private readonly FlatKernels kernels;
    private readonly List<FlatParameters> teacherParameters = [];
    private readonly List<ModuleOptimiser> optimisers = [];

    /// <summary>Creates an untrained model; the teacher starts as the student.</summary>
    /// <param name="configuration">Describes networks, heads and optimiser.</param>
    /// <param name="device">Where everything lies; CPU by default.</param>
    public PoaModel(PoaConfiguration configuration, Device? device = null)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        Configuration = configuration;
        Device = device ?? CPU;
        var optim = configuration.Optim;
        kernels = FlatKernels.For(Device, configuration.Train.Threads > 0 ? configuration.Train.Threads : Environment.ProcessorCount);
        Student = new PoaNetwork(configuration, Device, trainable: true);
        Teacher = new PoaNetwork(configuration, Device, trainable: false);
        foreach (var ((name, student), (_, teacher)) in Student.Modules.Zip(Teacher.Modules))
        {
            var layers = name == "backbone" ? LayerNumbering.Of(configuration) : LayerNumbering.None;
            ParameterGroup GroupOf(string parameter) =>
                ParameterGroup.Of(parameter, layers, optim.LayerwiseDecay, optim.PatchEmbedLearningRateMultiplier);
            optimisers.Add(new(FlatParameters.Attach(student, GroupOf), kernels, new(optim.AdamWBeta1, optim.AdamWBeta2)));
            teacherParameters.Add(FlatParameters.Attach(teacher, GroupOf));
        }

        ClassCentres = new TeacherCentres(configuration.ClassPrototypes, Device);
        PatchCentres = new TeacherCentres(configuration.PatchPrototypes, Device);
        if (configuration.Teacher.Elastic)
        {
            ElasticCentres = (new TeacherCentres(configuration.ClassPrototypes, Device), new TeacherCentres(configuration.PatchPrototypes, Device));
        }

        if (configuration.DistilsFrozenTeacher)
        {
            Queue = new EmbeddingQueue(configuration.Seed.QueueLength, configuration.Seed.EmbeddingDim, configuration.Train.Seed, Device);
        }

        AverageTeacher(momentum: 0);
    }

    /// <summary>What the model was made from.</summary>
    public PoaConfiguration Configuration { get; }

    /// <summary>Where the model lies.</summary>
    public Device Device { get; }

    /// <summary>The teacher's backbone: what is evaluated and delivered.</summary>
    public ElasticBackbone TeacherBackbone => Teacher.Backbone;

    internal PoaNetwork Student { get; }

    internal PoaNetwork Teacher { get; }

    internal TeacherCentres ClassCentres { get; }

    internal TeacherCentres PatchCentres { get; }

    /// <summary>Centres of the elastic teacher's outputs, whose sub-networks change from step to step; null where there is none.</summary>
    internal (TeacherCentres Class, TeacherCentres Patches)? ElasticCentres { get; }

    /// <summary>Embeddings of a frozen teacher; null where none is distilled.</summary>
    internal EmbeddingQueue? Queue { get; }

    /// <summary>All centres, with the names of their losses in the authors' state dict; ours for the elastic teacher.</summary>
    internal IReadOnlyList<(string Loss, TeacherCentres Centres)> Centres =>
    [
        ("dino_loss", ClassCentres),
        ("ibot_patch_loss", PatchCentres),
        .. ElasticCentres is var (classes, patches) ? [("elastic_dino_loss", classes), ("elastic_ibot_patch_loss", patches)] : Array.Empty<(string, TeacherCentres)>(),
    ];

    /// <summary>One per sub-module of the student, in its order.</summary>
    internal IReadOnlyList<ModuleOptimiser> Optimisers => optimisers;

    /// <summary>All weights of student and teacher, each module's in one flat vector, and the queue of embeddings.</summary>
    internal IEnumerable<Tensor> FlatWeights => optimisers.Select(optimiser => optimiser.Parameters.Values)
        .Concat(teacherParameters.Select(teacher => teacher.Values))
        .Concat(Queue is null ? [] : [Queue.Rows_LE.view(-1)]);

    /// <summary>Has the student's backbone, and with it the teacher's, start from published weights: from all of them or, where something does not fit, none.</summary>
    /// <param name="path">A safetensors file.</param>
    /// <returns>What became of every tensor.</returns>
    /// <exception cref="NotSupportedException">The network is no vision transformer.</exception>
    /// <exception cref="PublishedWeightsException">The file does not fit, or is damaged; the message has every reason.</exception>
    internal WeightReport StartFrom(string path)
    {
        var network = Student.Backbone as ElasticViT ?? throw new NotSupportedException("Only vision transformers can start from published weights.");
        var report = PublishedWeights.Load(path, network);
        AverageTeacher(momentum: 0);
        return report;
    }

    /// <summary>Teacher = momentum * teacher + (1 - momentum) * student, over all parameters.</summary>
    internal void AverageTeacher(double momentum)
    {
        foreach (var (teacher, optimiser) in teacherParameters.Zip(optimisers))
        {
            kernels.Average(teacher.Values, optimiser.Parameters.Values, momentum);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var optimiser in optimisers)
        {
            optimiser.ClearGradients();
            optimiser.Dispose();
        }

        Student.Dispose();
        Teacher.Dispose();
        foreach (var parameters in teacherParameters.Concat(optimisers.Select(o => o.Parameters)))
        {
            parameters.Dispose();
        }

        foreach (var (_, centres) in Centres)
        {
            centres.Dispose();
        }

        Queue?.Dispose();
    }
}
