namespace Poa.Elastic;

/// <summary>Rules of the families with stages.</summary>
internal sealed partial class ConfigurationRules
{
    private void CheckSwinDepths()
    {
        var student = configuration.Student;
        if (!student.Elastic)
        {
            return;
        }

        var max = student.MaxDepths[SwinArchitecture.ElasticStage];
        Require(
            student.MinStage3Depth <= max,
            "student.min_s3_depth", student.MinStage3Depth, $"must not exceed the third of student.max_depths, {max}", "student.max_depths");
        Require(
            student.MinStage3Depth > max || (max - student.MinStage3Depth) % student.DepthInterval == 0,
            "student.depth_interval", student.DepthInterval,
            $"must make steps from {student.MinStage3Depth} that meet the third of student.max_depths, {max}: the intact network is the grid's last cell",
            "student.min_s3_depth", "student.max_depths");
        Require(
            student.MinStage3Depth != max || student.MinEmbedDim != student.MaxEmbedDim,
            "student.min_s3_depth", student.MinStage3Depth,
            $"and student.min_embed_dim, {student.MinEmbedDim}, leave only the intact network; elastic training takes at least two sub-networks, student.elastic=false one",
            "student.max_depths", "student.min_embed_dim", "student.max_embed_dim");
    }

    private void CheckResNetChannels()
    {
        var student = configuration.Student;
        Require(
            student.BaseChannels % student.NumGroupNormGroups == 0 && student.StemChannels % student.NumGroupNormGroups == 0,
            "student.num_gn_groups", student.NumGroupNormGroups,
            $"must divide student.base_channels, {student.BaseChannels}, and student.stem_channels, {student.StemChannels}", "student.base_channels", "student.stem_channels");
        var step = (long)student.NumGroupNormGroups * student.WidthInterval;
        Require(
            !student.Elastic || student.BaseChannels % student.NumGroupNormGroups != 0 || student.BaseChannels % step == 0,
            "student.width_interval", student.WidthInterval,
            $"must make steps (of {step} channels) from {student.BaseChannels} that meet twice student.base_channels: the intact network is the grid's last cell",
            "student.base_channels", "student.num_gn_groups");
        Require(
            student.PatchSize == ResNetArchitecture.StemStride,
            "student.patch_size", student.PatchSize, $"must be {ResNetArchitecture.StemStride}: the stem halves images twice");
    }

    private void CheckResNetDepths()
    {
        var student = configuration.Student;
        if (!student.Elastic)
        {
            return;
        }

        var ranges = student.MinDepths.Zip(student.MaxDepths).ToList();
        Require(
            ranges.All(depths => depths.First <= depths.Second),
            "student.min_depths", student.MinDepths, $"must not exceed student.max_depths, {ScalarValues.Write(student.MaxDepths)}, at any stage", "student.max_depths");
        Require(
            ranges.All(depths => depths.First > depths.Second || (depths.Second - depths.First) % student.DepthInterval == 0),
            "student.depth_interval", student.DepthInterval,
            $"must make steps from {ScalarValues.Write(student.MinDepths)} that meet student.max_depths, {ScalarValues.Write(student.MaxDepths)}, at every stage: the intact network is the grid's last cell",
            "student.min_depths", "student.max_depths");
    }

    /// <summary>Masks are laid over the last map as it is up-sampled, and enlarged to the cells that are masked: both must come out even.</summary>
    /// <param name="patch">Pixels along a side of a cell that is masked.</param>
    /// <param name="reduction">Cells that are masked along a side of one cell of the last map.</param>
    /// <param name="key">The key that this follows from.</param>
    private void CheckMaskGrid(int patch, int reduction, string key)
    {
        var (student, scale) = (configuration.Student, configuration.Train.ScaleForNumPatch);
        Require(
            student.IbotScaleFactor is 1 or 2 or 4,
            "student.ibot_scale_factor", student.IbotScaleFactor, "must be 1, 2 or 4");
        Require(
            student.IbotScaleFactor is not (1 or 2 or 4) || scale * student.IbotScaleFactor == reduction,
            "train.scale_for_num_patch", scale,
            $"times student.ibot_scale_factor, {student.IbotScaleFactor}, must be {reduction}, the patches along a side of a cell of the last map, so that there is a mask for each up-sampled cell",
            "student.ibot_scale_factor", key);
        var cell = patch * reduction;
        Require(
            configuration.Crops.GlobalCropsSize % cell == 0,
            "crops.global_crops_size", configuration.Crops.GlobalCropsSize, $"must be a multiple of {cell}, the pixels along a side of a cell of the last map",
            "student.patch_size", key);
    }
}
