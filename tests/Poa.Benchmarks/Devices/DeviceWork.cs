using Poa.Data.Datasets;
using Poa.Data.Scenes;
using Poa.Data.Segmentation;
using Poa.Elastic;
using Poa.Evaluation.Classification.Knn;
using Poa.Evaluation.Classification.Linear;
using Poa.Evaluation.Dense.Training;
using Poa.Evaluation.Detection;
using Poa.Evaluation.Detection.Data;
using Poa.Evaluation.Segmentation;
using Poa.Networks;
using Poa.Training.Session;
using static TorchSharp.torch;

namespace Poa.Benchmarks.Devices;

/// <summary>What one piece of work gave on one device.</summary>
/// <param name="Losses">Total loss of every step, in order; empty where nothing is trained step by step.</param>
/// <param name="Figure">The figure it is done for, in percent; null where there is none.</param>
internal sealed record DeviceOutcome(IReadOnlyList<double> Losses, double? Figure);

/// <summary>Small pieces of everything that computes on a device, from the product's own code: pre-training and each evaluation.</summary>
/// <param name="folder">Own folder for scenes and checkpoints.</param>
/// <param name="steps">Steps of each training.</param>
internal sealed class DeviceWork(string folder, int steps)
{
    private const int Images = 400;

    private static readonly SubNetwork Middle = new(64, 3);

    private readonly PoaConfiguration _configuration = ConfigurationPresets.Load("demo");
    private readonly SceneSet _scenes = SceneSet.MakeBelow(new() { TrainScenes = 40, ValScenes = 10 }, folder);

    /// <summary>All of it, by name.</summary>
    public IReadOnlyList<(string Name, Func<Device, DeviceOutcome> Run)> All =>
    [
        ("pre-training", PreTrain),
        ("k-NN", device => new([], Knn(device))),
        ("linear probe", device => new([], Linear(device))),
        ("COCO, frozen", device => Coco(device, isFrozen: true)),
        ("COCO, fine-tuned", device => Coco(device, isFrozen: false)),
        ("ADE20K, linear head", device => Ade(device, AdeEvaluationOptions.Quick(_configuration.Student.PatchSize))),
        ("ADE20K, UperNet", device => Ade(device, UperNet())),
    ];

    private DeviceOutcome PreTrain(Device device)
    {
        var configuration = ConfigurationPresets.Load("demo", [$"train.threads={TorchRuntime.Threads}"]);
        using var session = TrainingSession.Create(configuration, Open("train", int.MaxValue), device);
        using var enough = new CancellationTokenSource();
        var recorder = new LossRecorder(steps, enough);
        session.Run(recorder, NewFolder(), enough.Token);
        return new(recorder.Losses, null);
    }

    private double Knn(Device device)
    {
        using var teacher = Teacher(device);
        return 100 * new KnnEvaluator(KnnEvaluationOptions.From(_configuration))
            .EvaluateNetworks(teacher, [Middle], Open("train", Images), Open("test", Images))[0].At(20).Top1;
    }

    private double Linear(Device device)
    {
        using var teacher = Teacher(device);
        var options = LinearProbeOptions.Quick.For(_configuration) with { Epochs = 1 };
        return 100 * new LinearProbe(options).Evaluate(teacher, [Middle], Open("train", Images), Open("test", Images))[0].Best.Top1;
    }

    private DeviceOutcome Coco(Device device, bool isFrozen)
    {
        using var teacher = Teacher(device);
        var quick = CocoBenchmarkOptions.Quick(_configuration.Student.PatchSize, _scenes.Manifest.Recipe.Width);
        var options = quick with { Training = quick.Training with { Iterations = steps, WarmupIterations = 1, IsFrozen = isFrozen } };
        var losses = new List<double>();
        var result = new CocoBenchmarkEvaluator(options, callbacks: Listen(losses)).Evaluate(teacher, Middle, Detection("train"), Detection("val"), NewFolder());
        return new(losses, result.Boxes.PrecisionPercent);
    }

    private DeviceOutcome Ade(Device device, AdeEvaluationOptions options)
    {
        using var teacher = Teacher(device);
        var losses = new List<double>();
        var result = new AdeEvaluator(options with { Iterations = steps, WarmupIterations = 1 }, training: Listen(losses)).Evaluate(
            teacher, Middle, AdeDataset.Open(_scenes.Ade20kFolder, "training"), AdeDataset.Open(_scenes.Ade20kFolder, "validation"), NewFolder());
        return new(losses, 100 * result.Scores.MeanIoU);
    }

    /// <summary>UperNet with the sizes of the quick preset, and fine-tuning.</summary>
    private AdeEvaluationOptions UperNet()
    {
        var quick = AdeEvaluationOptions.Quick(_configuration.Student.PatchSize);
        return AdeEvaluationOptions.UperNet(Middle.Width) with
        {
            Transform = quick.Transform,
            SlideStride = quick.SlideStride,
            BatchSize = quick.BatchSize,
            HeadChannels = 64,
            AuxiliaryChannels = 32,
        };
    }

    private ElasticViT Teacher(Device device) => new(_configuration.ViTArchitecture(), _configuration.Train.Seed, device);

    private CocoDetectionDataset Detection(string split) => CocoDetectionDataset.Open(
        Path.Combine(_scenes.CocoFolder, split), Path.Combine(_scenes.CocoFolder, "annotations", $"instances_{split}.json"));

    private string NewFolder() => Directory.CreateDirectory(Path.Combine(folder, Guid.NewGuid().ToString("N"))).FullName;

    private static FirstImages Open(string split, int images) => new(DataSpecification.Parse($"demo?split={split}").Open(), images);

    private static FineTuningCallbacks Listen(List<double> losses) => new() { Progressed = progress => losses.Add(progress.Losses.Sum(term => term.Value)) };

    /// <summary>Keeps the losses of the first steps and then asks to stop.</summary>
    private sealed class LossRecorder(int steps, CancellationTokenSource enough) : ISessionObserver
    {
        public List<double> Losses { get; } = [];

        public void OnStep(StepRecord record)
        {
            Losses.Add(record.Loss);
            if (Losses.Count == steps)
            {
                enough.Cancel();
            }
        }

        public void OnCheckpoint(string folder, long iteration) => Directory.Delete(folder, recursive: true);

        public void OnEvent(SessionEvent sessionEvent) => Console.Error.WriteLine(sessionEvent.Message);
    }
}
