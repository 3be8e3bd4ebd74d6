namespace Poa.Elastic;

public sealed partial record PoaConfiguration
{
    /// <summary>The elastic ViT this configuration describes.</summary>
    /// <exception cref="InvalidOperationException">The architecture family is another one.</exception>
    public ViTArchitecture ViTArchitecture()
    {
        Require(ArchitectureFamily.Vit);
        return new ViTArchitecture
        {
            ImageSize = Crops.GlobalCropsSize,
            PatchSize = Student.PatchSize,
            MinEmbedDim = Student.Elastic ? Student.MinEmbedDim : Student.MaxEmbedDim,
            MaxEmbedDim = Student.MaxEmbedDim,
            MinDepth = Student.Elastic ? Student.MinDepth : Student.MaxDepth,
            MaxDepth = Student.MaxDepth,
            HeadDim = Student.HeadDim,
            WidthInterval = Student.WidthInterval,
            DepthInterval = Student.DepthInterval,
            AlphaScaling = Student.AlphaScaling,
            LayerScale = Student.LayerScale is > 0 ? Student.LayerScale : null,
            DropPathRate = Student.DropPathRate,
            DropPathUniform = Student.DropPathUniform,
            FeedForward = Student.FeedForwardLayer,
            QkvBias = Student.QkvBias,
            ProjBias = Student.ProjBias,
            FfnBias = Student.FfnBias,
        };
    }

    /// <summary>The elastic Swin this configuration describes.</summary>
    /// <exception cref="InvalidOperationException">The architecture family is another one.</exception>
    public SwinArchitecture SwinArchitecture()
    {
        Require(ArchitectureFamily.Swin);
        return new SwinArchitecture
        {
            ImageSize = Crops.GlobalCropsSize,
            PatchSize = Student.PatchSize,
            MinEmbedDim = Student.Elastic ? Student.MinEmbedDim : Student.MaxEmbedDim,
            MaxEmbedDim = Student.MaxEmbedDim,
            MinStage3Depth = Student.Elastic ? Student.MinStage3Depth : Student.MaxDepths[Elastic.SwinArchitecture.ElasticStage],
            MaxDepths = Student.MaxDepths,
            HeadDim = Student.HeadDim,
            WindowSize = Student.WindowSize,
            WidthInterval = Student.WidthInterval,
            DepthInterval = Student.DepthInterval,
            AlphaScaling = Student.AlphaScaling,
            IbotScaleFactor = Student.IbotScaleFactor,
            QkvBias = Student.QkvBias,
            DropPathRate = Student.DropPathRate,
        };
    }

    /// <summary>The elastic ResNet this configuration describes.</summary>
    /// <exception cref="InvalidOperationException">The architecture family is another one.</exception>
    public ResNetArchitecture ResNetArchitecture()
    {
        Require(ArchitectureFamily.ResNet);
        return new ResNetArchitecture
        {
            ImageSize = Crops.GlobalCropsSize,
            StemChannels = Student.StemChannels,
            BaseChannels = Student.BaseChannels,
            Groups = Student.NumGroupNormGroups,
            HasElasticWidth = Student.Elastic,
            MinDepths = Student.Elastic ? Student.MinDepths : Student.MaxDepths,
            MaxDepths = Student.MaxDepths,
            Strides = Student.Strides,
            WidthInterval = Student.WidthInterval,
            DepthInterval = Student.DepthInterval,
            AlphaScaling = Student.AlphaScaling,
            IbotScaleFactor = Student.IbotScaleFactor,
        };
    }

    private void Require(ArchitectureFamily family)
    {
        if (Student.Architecture != family)
        {
            throw new InvalidOperationException($"student.arch is {ConfigurationNames.Of(Student.Architecture)}, not {ConfigurationNames.Of(family)}.");
        }
    }
}
