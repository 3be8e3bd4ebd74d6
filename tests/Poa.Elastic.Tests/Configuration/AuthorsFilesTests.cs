namespace Poa.Elastic.Tests;

/// <summary>Files with the sections and keys of the authors' configurations, with values of our own.</summary>
public sealed class AuthorsFilesTests
{
    private const string Precision = """
        MODEL:
          WEIGHTS: ''
        compute_precision:
          grad_scaler: true
          teacher:
            backbone:
              sharding_strategy: SHARD_GRAD_OP
              mixed_precision: {param_dtype: fp16, reduce_dtype: fp16, buffer_dtype: fp32}
            dino_head:
              sharding_strategy: SHARD_GRAD_OP
              mixed_precision: {param_dtype: bf16, reduce_dtype: fp16, buffer_dtype: fp32}
            ibot_head:
              sharding_strategy: SHARD_GRAD_OP
          student:
            dino_head:
              mixed_precision:
                reduce_dtype: fp32
        """;

    private const string Common = """
        dino: {loss_weight: 2.0, head_n_prototypes: [64, 128], head_bottleneck_dim: 32, head_nlayers: 2, head_hidden_dim: 99, koleo_loss_weight: 0.2, lambda_ie: 0.7}
        ibot:
          loss_weight: 1.5
          mask_sample_probability: 0.4
          mask_ratio_min_max:
          - 0.2
          - 0.45
          separate_head: true
          head_n_prototypes: [32, 16]
          head_bottleneck_dim: 31
          head_nlayers: 4
          head_hidden_dim: 98
        train:
          batch_size_per_gpu: 8   # a comment
          dataset_path: ImageNet:split=TRAIN
          output_dir: .
          saveckp_freq: 5
          seed: 3
          num_workers: 2
          OFFICIAL_EPOCH_LENGTH: 30
          cache_dataset: false
          centering: "centering"
          scale_for_num_patch: 2
        teacher: {momentum_teacher: 0.99, final_momentum_teacher: 1.0, warmup_teacher_temp: 0.03, teacher_temp: 0.05, warmup_teacher_temp_epochs: 4}
        optim:
          epochs: 40
          ibot_activate_epochs: 3
          weight_decay: 0.05
          weight_decay_end: 0.3
          base_lr: 0.002
          lr: 0.
          warmup_epochs: 5
          min_lr: 1.0e-06
          clip_grad: 3.0
          freeze_last_layer_epochs: 2
          scaling_rule: sqrt_wrt_1024
          patch_embed_lr_mult: 0.3
          layerwise_decay: 0.8
          adamw_beta1: 0.91
          adamw_beta2: 0.99
          iter_num_scale: 0.9
        crops:
          global_crops_scale: [0.3, 0.9]
          local_crops_number: 6
          local_crops_scale: [0.1, 0.3]
          global_crops_size: 64
          local_crops_size: 32
        evaluation:
          eval_period_iterations: 100
        """;

    [Fact]
    public void Load_ViTFile_TakesEveryValue()
    {
        var configuration = PoaConfiguration.Load([new("run.yaml", $$"""
            {{Precision}}
            {{Common}}
            student:
              arch: vit_dynamic
              min_embed_dim: 32
              max_embed_dim: 64
              min_depth: 2
              max_depth: 6
              head_dim: 8
              mode: order
              patch_size: 16
              drop_path_rate: 0.1
              layerscale: 1.0e-05
              drop_path_uniform: false
              pretrained_weights: ''
              ffn_layer: swiglufused
              qkv_bias: false
              proj_bias: false
              ffn_bias: false
              width_interval: 2
              depth_interval: 2
              net_select_scale: 2
            """)]);

        Assert.Equal([64, 128], configuration.Dino.HeadPrototypes);
        Assert.Equal(new Interval(0.2, 0.45), configuration.Ibot.MaskRatio);
        Assert.Equal([32, 16], configuration.Ibot.HeadPrototypes);
        Assert.Equal(TeacherCentering.Centering, configuration.Train.Centering);
        Assert.Equal(0, configuration.Optim.LearningRate);
        Assert.Equal(1e-6, configuration.Optim.MinLearningRate);
        Assert.Equal(1200, configuration.TotalIterations);
        Assert.Equal(90, configuration.IbotActivationIteration);
        Assert.Equal(150, configuration.CheckpointPeriodIterations);
        Assert.Equal(2, configuration.MaskGridSide);
        Assert.Equal(
            new ViTArchitecture
            {
                ImageSize = 64,
                PatchSize = 16,
                MinEmbedDim = 32,
                MaxEmbedDim = 64,
                MinDepth = 2,
                MaxDepth = 6,
                HeadDim = 8,
                WidthInterval = 2,
                DepthInterval = 2,
                LayerScale = 1e-5,
                DropPathRate = 0.1,
                DropPathUniform = false,
                FeedForward = FeedForward.SwiGlu,
                QkvBias = false,
                ProjBias = false,
                FfnBias = false,
            },
            configuration.ViTArchitecture());
        Assert.Equal([32, 48, 64], configuration.Grid().Widths);
    }

    [Fact]
    public void Load_SwinFile_TakesEveryValue()
    {
        var configuration = PoaConfiguration.Load([new("a.yaml", $$"""
            {{Precision}}
            {{Common}}
            student: {arch: swin_dynamic, min_embed_dim: 96, max_embed_dim: 192, min_s3_depth: 4, max_depths: [2, 2, 8, 2], head_dim: 16, mode: order,
              patch_size: 4, window_size: 5, drop_path_rate: 0.2, qkv_bias: true, ibot_scale_factor: 2, pretrained_weights: '',
              width_interval: 2, depth_interval: 2, net_select_scale: 2}
            """)], ["train.scale_for_num_patch=4"]);

        Assert.Equal(
            new SwinArchitecture
            {
                ImageSize = 64,
                MinEmbedDim = 96,
                MaxEmbedDim = 192,
                MinStage3Depth = 4,
                MaxDepths = [2, 2, 8, 2],
                HeadDim = 16,
                WindowSize = 5,
                WidthInterval = 2,
                DepthInterval = 2,
                IbotScaleFactor = 2,
                DropPathRate = 0.2,
            },
            configuration.SwinArchitecture());
        Assert.Equal([96, 128, 160, 192], configuration.Grid().Widths);
        Assert.Equal([4, 6, 8], configuration.Grid().Depths.Select(depth => depth.Blocks));
        Assert.Contains("swin_dynamic", Assert.Throws<InvalidOperationException>(configuration.ViTArchitecture).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_ResNetFile_TakesEveryValue()
    {
        var configuration = PoaConfiguration.Load([new("a.yaml", $$"""
            {{Common}}
            student: {arch: resnet_dynamic, patch_size: 4, min_depths: [3, 3, 5, 3], max_depths: [3, 5, 7, 3], stem_channels: 32, base_channels: 32,
              num_gn_groups: 16, strides: [1, 2, 2, 1], mode: 'order', ibot_scale_factor: 2, pretrained_weights: '', width_interval: 2,
              depth_interval: 2, net_select_scale: 2}
            """)]);

        Assert.Equal(
            new ResNetArchitecture
            {
                ImageSize = 64,
                StemChannels = 32,
                BaseChannels = 32,
                Groups = 16,
                MinDepths = [3, 3, 5, 3],
                MaxDepths = [3, 5, 7, 3],
                Strides = [1, 2, 2, 1],
                WidthInterval = 2,
                DepthInterval = 2,
            },
            configuration.ResNetArchitecture());
        Assert.Equal(
            ["32x3-3-5-3", "32x3-3-7-3", "32x3-5-5-3", "32x3-5-7-3", "64x3-3-5-3", "64x3-3-7-3", "64x3-5-5-3", "64x3-5-7-3"],
            configuration.Grid().SubNetworks.Select(cell => cell.ToString()));
    }

    [Theory]
    [InlineData("configs/train/vit_small.yaml", ArchitectureFamily.Vit, 625, 16)]
    [InlineData("configs/train/swin_small.yaml", ArchitectureFamily.Swin, 2500, 4)]
    [InlineData("configs/train/resnet_small.yaml", ArchitectureFamily.ResNet, 1250, 4)]
    [InlineData("/home/swinburne/other.yaml", ArchitectureFamily.Vit, 625, 16)]
    public void Load_NoArchitectureGiven_ChoosesDefaultsByFileName(string name, ArchitectureFamily family, int epochLength, int patchSize)
    {
        var configuration = PoaConfiguration.Load([new(name, "optim: {epochs: 50}")]);
        Assert.Equal(family, configuration.Student.Architecture);
        Assert.Equal(epochLength, configuration.Train.OfficialEpochLength);
        Assert.Equal(patchSize, configuration.Student.PatchSize);
        Assert.Equal(50, configuration.Optim.Epochs);
    }

    [Fact]
    public void Load_UnsupportedValues_AreNamed()
    {
        var fault = Assert.Throws<ConfigurationException>(() => PoaConfiguration.Load([], ["student.mode=sort", "student.ffn_layer=identity", "student.pretrained_weights=x.pth"]));
        Assert.Equal(["student.ffn_layer", "student.mode", "student.pretrained_weights"], fault.Faults.Select(item => item.Key).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("", null)]
    [InlineData("/data/vit.safetensors", null)]
    [InlineData("sha256:0123", null)]
    [InlineData("sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789ABCDEF", null)]
    [InlineData("sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef", "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef")]
    public void StoredWeights_OnlyOfAHash_IsThatHash(string weights, string? hash)
    {
        var configuration = PoaConfiguration.Load([], [$"MODEL.WEIGHTS={weights}"]);

        Assert.Equal(hash, configuration.Model.StoredWeights);
        Assert.Equal(configuration.Fingerprint, PoaConfiguration.Load([new ConfigurationSource("again", configuration.ToYaml())]).Fingerprint);
    }

    [Fact]
    public void Load_WeightsForAnotherFamily_SaysThatTheyAreForVisionTransformers() => Assert.Contains(
        "vision transformers only", Assert.Throws<ConfigurationException>(() => PoaConfiguration.Load([], ["student.arch=swin_dynamic", "MODEL.WEIGHTS=x.safetensors"])).Message, StringComparison.Ordinal);
}
