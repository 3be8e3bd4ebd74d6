namespace Poa.Elastic;

/// <summary>Rules between keys. A rule stays silent where one of its keys is faulty by itself, since the default stands in for it.</summary>
internal sealed partial class ConfigurationRules(PoaConfiguration configuration, ICollection<ConfigurationFault> faults)
{
    private readonly HashSet<string> _faultyKeys = [.. faults.Select(fault => fault.Key)];

    public void Check()
    {
        switch (configuration.Student.Architecture)
        {
            case ArchitectureFamily.Vit:
                CheckWidths();
                CheckViTDepths();
                CheckSizes();
                break;
            case ArchitectureFamily.Swin:
                CheckWidths();
                CheckSwinDepths();
                CheckSizes();
                CheckMaskGrid(configuration.Student.PatchSize, SwinArchitecture.Reduction, "student.max_depths");
                break;
            case ArchitectureFamily.ResNet:
                CheckResNetChannels();
                CheckResNetDepths();
                CheckMaskGrid(ResNetArchitecture.StemStride, configuration.Student.Strides.Aggregate(1, (product, stride) => product * stride), "student.strides");
                break;
        }

        CheckBranches();
        CheckSeed();
        CheckMasking();
        CheckTraining();
        CheckGuard();
        CheckEvaluation();
    }

    private void CheckWidths()
    {
        var student = configuration.Student;
        var step = (long)student.HeadDim * student.WidthInterval;
        RequireHeads("student.max_embed_dim", student.MaxEmbedDim);
        if (!student.Elastic)
        {
            return;
        }

        RequireHeads("student.min_embed_dim", student.MinEmbedDim);
        Require(
            student.MinEmbedDim <= student.MaxEmbedDim,
            "student.min_embed_dim", student.MinEmbedDim, $"must not exceed student.max_embed_dim, {student.MaxEmbedDim}", "student.max_embed_dim");
        Require(
            student.MinEmbedDim > student.MaxEmbedDim || (student.MaxEmbedDim - student.MinEmbedDim) % step == 0 || student.WidthInterval == 1,
            "student.width_interval", student.WidthInterval,
            $"must make steps (of {step} channels) from {student.MinEmbedDim} that meet student.max_embed_dim, {student.MaxEmbedDim}: the intact network is the grid's last cell",
            "student.min_embed_dim", "student.max_embed_dim", "student.head_dim");
    }

    private void RequireHeads(string key, int width) => Require(
        width % configuration.Student.HeadDim == 0, key, width, $"must be a multiple of student.head_dim, {configuration.Student.HeadDim}", "student.head_dim");

    private void CheckViTDepths()
    {
        var student = configuration.Student;
        if (!student.Elastic)
        {
            return;
        }

        Require(
            student.MinDepth <= student.MaxDepth,
            "student.min_depth", student.MinDepth, $"must not exceed student.max_depth, {student.MaxDepth}", "student.max_depth");
        Require(
            student.MinDepth > student.MaxDepth || (student.MaxDepth - student.MinDepth) % student.DepthInterval == 0,
            "student.depth_interval", student.DepthInterval,
            $"must make steps from {student.MinDepth} that meet student.max_depth, {student.MaxDepth}: the intact network is the grid's last cell",
            "student.min_depth", "student.max_depth");
        Require(
            student.MinDepth != student.MaxDepth || student.MinEmbedDim != student.MaxEmbedDim,
            "student.min_depth", student.MinDepth,
            $"and student.min_embed_dim, {student.MinEmbedDim}, leave only the intact network; elastic training takes at least two sub-networks, student.elastic=false one",
            "student.max_depth", "student.min_embed_dim", "student.max_embed_dim");
    }

    private void CheckSizes()
    {
        var (crops, patch) = (configuration.Crops, configuration.Student.PatchSize);
        Require(
            crops.GlobalCropsSize % patch == 0,
            "crops.global_crops_size", crops.GlobalCropsSize, $"must be a multiple of student.patch_size, {patch}", "student.patch_size");
        Require(
            crops.LocalCropsNumber == 0 || crops.LocalCropsSize % patch == 0,
            "crops.local_crops_size", crops.LocalCropsSize, $"must be a multiple of student.patch_size, {patch}", "student.patch_size", "crops.local_crops_number");
        Require(
            configuration.KnnImageSize % patch == 0,
            "evaluation.knn.image_size", configuration.KnnImageSize, $"must be a multiple of student.patch_size, {patch}", "student.patch_size", "crops.global_crops_size");
    }

    private void CheckMasking()
    {
        var ibot = configuration.Ibot;
        if (ibot.LossWeight <= 0)
        {
            return;
        }

        const string off = "while ibot.loss_weight is positive; set ibot.loss_weight=0 for a run without masked patches";
        Require(ibot.MaskSampleProbability > 0, "ibot.mask_sample_probability", ibot.MaskSampleProbability, $"must be positive {off}", "ibot.loss_weight");
        Require(ibot.MaskRatio.Max > 0, "ibot.mask_ratio_min_max", ibot.MaskRatio, $"must end above 0 {off}", "ibot.loss_weight");
        Require(
            configuration.MaskGridSide > 0,
            "train.scale_for_num_patch", configuration.Train.ScaleForNumPatch,
            $"leaves no mask grid of the {configuration.Crops.GlobalCropsSize / configuration.Student.PatchSize} patches along a side",
            "crops.global_crops_size", "student.patch_size");
        Require(
            !ibot.SeparateHead || !configuration.Dino.MultipleHeads || ibot.HeadPrototypes.Count == configuration.Dino.HeadPrototypes.Count,
            "ibot.head_n_prototypes", ibot.HeadPrototypes,
            $"must have as many entries as dino.head_n_prototypes, {configuration.Dino.HeadPrototypes.Count}, since losses are averaged head by head",
            "dino.head_n_prototypes", "ibot.separate_head", "dino.multiple_heads");
    }

    private void CheckTraining()
    {
        var (optim, model, train) = (configuration.Optim, configuration.Model, configuration.Train);
        Require(
            train.BatchSizePerGpu % train.VirtualShards == 0,
            "train.virtual_shards", train.VirtualShards, $"must divide the images of a step, train.batch_size_per_gpu {train.BatchSizePerGpu}, evenly",
            "train.batch_size_per_gpu");
        Require(
            optim.WarmupEpochs <= optim.Epochs,
            "optim.warmup_epochs", optim.WarmupEpochs, $"must not exceed optim.epochs, {optim.Epochs}", "optim.epochs");
        Require(
            optim.ScalingRule != LearningRateScaling.None || optim.LearningRate > 0,
            "optim.lr", optim.LearningRate, "must be positive with optim.scaling_rule none", "optim.scaling_rule");
        Require(
            optim.ScalingRule != LearningRateScaling.SqrtWrt1024 || optim.BaseLearningRate > 0,
            "optim.base_lr", optim.BaseLearningRate, "must be positive with optim.scaling_rule sqrt_wrt_1024", "optim.scaling_rule");
        Require(
            configuration.Augmentation.BlurKernelSize % 2 == 1,
            "augmentation.blur_kernel_size", configuration.Augmentation.BlurKernelSize, "must be odd");
        Require(
            model.Weights.Length == 0 || configuration.Student.Architecture == ArchitectureFamily.Vit,
            "MODEL.WEIGHTS", model.Weights, "is for vision transformers only: leave it empty", "student.arch");
        Require(
            configuration.Student.PretrainedWeights.Length == 0,
            "student.pretrained_weights", configuration.Student.PretrainedWeights, "is not supported: name published weights by MODEL.WEIGHTS");
    }

    private void CheckGuard()
    {
        var guard = configuration.Guard;
        Require(
            guard.EntropyMin < guard.EntropyMax,
            "guard.entropy_min", guard.EntropyMin, $"must be less than guard.entropy_max, {ScalarValues.Write(guard.EntropyMax)}", "guard.entropy_max");
    }

    private void CheckEvaluation() => Require(
        configuration.KnnResizeSize >= configuration.KnnImageSize,
        "evaluation.knn.resize_size", configuration.KnnResizeSize, $"must not be less than the crop, {configuration.KnnImageSize}",
        "evaluation.knn.image_size", "crops.global_crops_size");

    private void Require(bool holds, string key, object value, string rule, params ReadOnlySpan<string> otherKeys)
    {
        if (holds || _faultyKeys.Contains(key))
        {
            return;
        }

        foreach (var other in otherKeys)
        {
            if (_faultyKeys.Contains(other))
            {
                return;
            }
        }

        var text = ScalarValues.Write(value);
        faults.Add(new(key, text, $"{key}, {text}, {rule}."));
    }
}
