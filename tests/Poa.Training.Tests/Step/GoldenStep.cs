using System.Text.Json;
using Poa.Elastic;
using Poa.Networks;
using Poa.Testing;
using Poa.Training.Batching;
using Poa.Training.Step;
using static TorchSharp.torch;

namespace Poa.Training.Tests.Step;

/// <summary>One case of train_step.json: model at its start, batches, and what each step must give.</summary>
internal sealed class GoldenStep : IDisposable
{
    private readonly GoldenTensors inputs = new("train_inputs.safetensors");
    private readonly JsonElement config;
    private readonly JsonElement @case;

    public GoldenStep(string name)
    {
        var json = Golden.Json("train_step.json");
        config = json.GetProperty("config");
        @case = json.GetProperty("cases").GetProperty(name);
        Model = new PoaModel(Configuration());
        using var start = new GoldenTensors("train_init.safetensors");
        foreach (var (tensorName, tensor) in Tensors())
        {
            using var noGrad = no_grad();
            tensor.copy_(start[tensorName].view(tensor.shape));
        }
    }

    public static IEnumerable<string> Names => Golden.Json("train_step.json").GetProperty("cases").EnumerateObject().Select(c => c.Name);

    public PoaModel Model { get; }

    public IReadOnlyList<JsonElement> Expected => [.. @case.GetProperty("steps").EnumerateArray()];

    public IReadOnlyList<JsonElement> Settings => [.. @case.GetProperty("case").GetProperty("steps").EnumerateArray()];

    /// <summary>Student, teacher and centres under the names of the golden files.</summary>
    public IEnumerable<(string Name, Tensor Tensor)> Tensors()
    {
        foreach (var (prefix, network) in new[] { ("student", Model.Student), ("teacher", Model.Teacher) })
        {
            foreach (var (module, parameters) in network.Modules)
            {
                foreach (var (name, tensor) in StateDictionary.Of(parameters))
                {
                    yield return ($"{prefix}.{module}.{name}", tensor);
                }
            }
        }

        for (var i = 0; i < Model.ClassCentres.Centres.Count; i++)
        {
            yield return ($"dino_loss.center_{i}", Model.ClassCentres.Centres[i]);
            yield return ($"ibot_patch_loss.center_{i}", Model.PatchCentres.Centres[i]);
        }
    }

    public StepMetrics Run(int step)
    {
        var s = Settings[step];
        using var batch = Batch(step);
        return new TrainingStep(Model).Run(
            batch,
            new SubNetwork(s.GetProperty("width").GetInt32(), s.GetProperty("depth").GetInt32()),
            new StepSchedule(
                s.GetProperty("lr").GetDouble(),
                s.GetProperty("last_layer_lr").GetDouble(),
                s.GetProperty("wd").GetDouble(),
                s.GetProperty("teacher_temp").GetDouble(),
                s.GetProperty("momentum").GetDouble(),
                s.GetProperty("activate_ibot").GetBoolean()));
    }

    public void Dispose()
    {
        Model.Dispose();
        inputs.Dispose();
    }

    private TrainingBatch Batch(int step)
    {
        using var scope = NewDisposeScope();
        return new TrainingBatch(
            step,
            Int("B"),
            inputs[$"step{step}/collated_global_crops"].alias(),
            Int("n_local") == 0 ? null : inputs[$"step{step}/collated_local_crops"].alias(),
            inputs[$"step{step}/collated_masks"].alias(),
            inputs[$"step{step}/mask_indices_list"].alias(),
            inputs[$"step{step}/masks_weight"].alias());
    }

    private PoaConfiguration Configuration()
    {
        int[] prototypes = [.. config.GetProperty("prototypes").EnumerateArray().Select(p => p.GetInt32())];
        var settings = @case.GetProperty("case");
        return new PoaConfiguration
        {
            Train = new()
            {
                BatchSizePerGpu = Int("B"),
                Threads = 1,
                Centering = settings.GetProperty("centering").GetString() == "centering" ? TeacherCentering.Centering : TeacherCentering.SinkhornKnopp,
            },
            Student = new()
            {
                PatchSize = Int("patch_size"),
                MinEmbedDim = Int("min_embed_dim"),
                MaxEmbedDim = Int("max_embed_dim"),
                MinDepth = Int("min_depth"),
                MaxDepth = Int("max_depth"),
                HeadDim = Int("head_dim"),
                LayerScale = config.GetProperty("layerscale").ValueKind == JsonValueKind.Null ? null : Double("layerscale"),
                DropPathRate = 0,
            },
            Dino = new()
            {
                LossWeight = Double("dino_loss_weight"),
                KoleoLossWeight = Double("koleo_loss_weight"),
                LambdaIntactElastic = Double("lambda_ie"),
                HeadPrototypes = EquatableArray.Create<int>(prototypes),
                HeadHiddenDim = Int("hidden"),
                HeadBottleneckDim = Int("bottleneck"),
            },
            Ibot = new() { LossWeight = Double("ibot_loss_weight") },
            Optim = new()
            {
                LayerwiseDecay = Double("layerwise_decay"),
                PatchEmbedLearningRateMultiplier = Double("patch_embed_lr_mult"),
                ClipGrad = Clip(settings.TryGetProperty("clip_grad", out var own) ? own : config.GetProperty("clip_grad")),
            },
            Crops = new() { GlobalCropsSize = Int("img_size"), LocalCropsSize = Int("local"), LocalCropsNumber = Int("n_local") },
        };
    }

    private static double Clip(JsonElement value) => value.ValueKind == JsonValueKind.Null ? 0 : value.GetDouble();

    private int Int(string name) => config.GetProperty(name).GetInt32();

    private double Double(string name) => config.GetProperty(name).GetDouble();
}
