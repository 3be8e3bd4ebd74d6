namespace Poa.Elastic;

/// <summary>The elastic backbones of the paper (<c>student.arch</c>).</summary>
public enum ArchitectureFamily
{
    /// <summary>Elastic vision transformer.</summary>
    [ConfigurationName("vit_dynamic", "vit_dynamic_memeff")]
    Vit,

    /// <summary>Elastic Swin transformer.</summary>
    [ConfigurationName("swin_dynamic", "swin_dynamic_memeff")]
    Swin,

    /// <summary>Elastic bottleneck ResNet with group normalisation.</summary>
    [ConfigurationName("resnet_dynamic", "resnet_dynamic_memeff")]
    ResNet,
}

/// <summary>How teacher outputs are kept from collapsing (<c>train.centering</c>).</summary>
public enum TeacherCentering
{
    /// <summary>Sinkhorn-Knopp, three iterations.</summary>
    [ConfigurationName("sinkhorn_knopp")]
    SinkhornKnopp,

    /// <summary>A running mean is subtracted before the softmax (momentum 0.9).</summary>
    [ConfigurationName("centering")]
    Centering,
}

/// <summary>How the projection heads count in an image's class-token loss (<c>dino.head_weights</c>).</summary>
public enum HeadWeighting
{
    /// <summary>All alike.</summary>
    [ConfigurationName("uniform")]
    Uniform,

    /// <summary>The more, the lower the entropy of the teacher's prediction (Ruan et al., arXiv 2211.09981 §3.3).</summary>
    [ConfigurationName("entropy")]
    Entropy,
}

/// <summary>Which channels the elastic student takes (<c>student.mode</c>).</summary>
public enum ChannelSelection
{
    /// <summary>The first ones.</summary>
    [ConfigurationName("order")]
    Order,

    /// <summary>
    /// Some that are drawn for each step. The authors' code has a mode of this name that draws for every layer by itself, so that the two sides of a residual
    /// sum, and weights and channels of the intact network, do not belong together any more; here they do.
    /// </summary>
    [ConfigurationName("random")]
    Random,
}

/// <summary>How the peak learning rate comes about (<c>optim.scaling_rule</c>).</summary>
public enum LearningRateScaling
{
    /// <summary>base_lr * sqrt(total batch / 1024); <c>optim.lr</c> is not read, as in the authors' script.</summary>
    [ConfigurationName("sqrt_wrt_1024")]
    SqrtWrt1024,

    /// <summary><c>optim.lr</c> itself (ours).</summary>
    [ConfigurationName("none")]
    None,
}
