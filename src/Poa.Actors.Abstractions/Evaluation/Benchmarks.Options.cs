using System.Collections.Immutable;

namespace Poa.Actors.Abstractions;

/// <summary>The options of the benchmarks.</summary>
public static partial class Benchmarks
{
    /// <summary>Option with which a request chooses all defaults at once; single options stand over it.</summary>
    public const string Preset = "preset";

    private static BenchmarkOption PresetOption =>
        new(Preset, "paper (the protocol of the publication, the default) or quick (for small machines and small sets); other options stand over it.");

    private static BenchmarkOption AllowUnreadable =>
        new("allow_unreadable", "true leaves out images that cannot be read, and says how many; otherwise they are an error.");

    private static BenchmarkOption Pictures(string what) => new("pictures", $"How many of the first test images are stored as pictures with {what}: 8 if not given, 0 for none.");

    private static ImmutableArray<BenchmarkOption> KnnOptions =>
    [
        new("neighbours", "Values of k, such as 10,20."),
        new("temperature", "Temperature of the softmax over similarities, above 0."),
        new("batch_size", "Images of a forward pass."),
        new("image_size", "Side of the centre crop in pixels."),
        new("resize_size", "The image's shorter side before the crop."),
        AllowUnreadable,
    ];

    private static ImmutableArray<BenchmarkOption> LatencyOptions =>
    [
        new("batch_size", "Images of a forward pass."),
        new("image_size", "Side of the images in pixels."),
        new("threads", "Compute threads."),
        new("warmup", "Passes before the measured ones."),
        new("repetitions", "Measured passes of each sub-network."),
    ];

    private static ImmutableArray<BenchmarkOption> LinearOptions =>
    [
        PresetOption,
        new("learning_rates", "Learning rates for a batch of 256 images, such as 0.001,0.01; all are tried at once."),
        new("blocks", "Numbers of last blocks whose class tokens a classifier sees, such as 1,4."),
        new("block_choice", "spaced (the authors' code: a quarter, half, three quarters and the end of the depth) or last (DINOv2: those at the end)."),
        new("avgpool", "Whether the mean patch token is appended: false, true, or false,true for both."),
        new("epochs", "Epochs."),
        new("epoch_length", "Steps of an epoch, or pass for one pass over the training images."),
        new("batch_size", "Images of a training step; learning rates are multiplied by it / 256."),
        new("forward_batch", "Images of a forward pass."),
        new("cached_features", "true trains on features computed once, without augmentation; false on freshly cropped images."),
        new("image_size", "Side of the images that the network sees, in pixels."),
        new("resize_size", "A validation image's shorter side before the crop."),
        new("seed", "Order of images, crops and initial weights are a function of it."),
        new("checkpoint_every", "Steps between two intermediate checkpoints."),
        AllowUnreadable,
    ];

    private static ImmutableArray<BenchmarkOption> AttentionOptions =>
    [
        Pictures("the attention of each head and their mean"),
        new("image_size", "Shorter side of the images as the network sees them, in pixels; otherwise the image's own, at least that of training."),
    ];

    private static ImmutableArray<BenchmarkOption> CocoOptions =>
    [
        PresetOption,
        new("image_size", "Short side that images are brought to, in pixels, without the protocol's several sizes and crops."),
        new("batch_size", "Images of a training step."),
        new("epochs", "Passes over the training images."),
        new("iterations", "Training steps, in the place of epochs."),
        new("decay_epochs", "Epochs, from 0, at whose start the learning rate falls, such as 27,33."),
        new("warmup_iterations", "Steps of linear warm-up."),
        new("learning_rate", "Learning rate of the heads."),
        new("layer_decay", "Factor of the learning rate per layer below the heads."),
        new("weight_decay", "Weight decay of AdamW."),
        new("drop_path", "Drop-path rate of the last block, in [0, 1)."),
        new("decays_tokens", "Whether class token and position embedding have weight decay; true as in the authors' code."),
        new("frozen", "true trains the heads only, on a backbone that stays as it is."),
        new("masks", "false trains and scores boxes only."),
        new("max_detections", "Three limits of detections per image and category; 100,300,1000 as in the authors' code, 1,10,100 as pycocotools."),
        new("seed", "Initial weights, order of images and augmentation are a function of it."),
        new("checkpoint_every", "Steps between two intermediate checkpoints."),
        Pictures("true and found objects"),
        new("picture_score", "Least score of the found objects that are drawn, in [0, 1]: 0.3 if not given."),
    ];

    private static ImmutableArray<BenchmarkOption> Ade20kOptions =>
    [
        PresetOption,
        new("head", "linear (on the frozen backbone, the default) or upernet (trains the whole network)."),
        new("classes", "Number of classes; otherwise those of the set's list objectInfoN.txt, or 150."),
        new("reduce_zero_label", "true: label 0 means unlabelled and label k class k - 1."),
        new("crop_size", "Side of a training crop and of a test window, in pixels: a multiple of the patch size. Images are resized in proportion."),
        new("slide_stride", "Pixels between two windows of the test."),
        new("batch_size", "Images of a training step."),
        new("iterations", "Training steps."),
        new("warmup_iterations", "Steps of linear warm-up."),
        new("learning_rate", "Learning rate of the head."),
        new("layer_decay", "Factor of the learning rate per layer below the head, or none."),
        new("weight_decay", "Weight decay of AdamW."),
        new("drop_path", "Drop-path rate of the last block, where the backbone is trained, in [0, 1)."),
        new("decays_tokens", "Whether class token and position embedding have weight decay; true as in the authors' code."),
        new("head_channels", "Channels of UperNet's head; otherwise the network's width."),
        new("loss_average", "all (the loss is divided by all pixels, as in the authors' code) or labelled."),
        new("seed", "Initial weights, order of images and augmentation are a function of it."),
        new("checkpoint_every", "Steps between two intermediate checkpoints."),
        Pictures("true and found classes"),
    ];
}
