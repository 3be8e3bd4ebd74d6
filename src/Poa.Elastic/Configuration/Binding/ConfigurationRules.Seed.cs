namespace Poa.Elastic;

/// <summary>Rules of distillation from a frozen teacher.</summary>
internal sealed partial class ConfigurationRules
{
    private void CheckSeed()
    {
        if (!configuration.DistilsFrozenTeacher)
        {
            return;
        }

        const string on = "while seed.loss_weight is positive";
        var (seed, student, dino, ibot) = (configuration.Seed, configuration.Student, configuration.Dino, configuration.Ibot);
        Require(seed.TeacherRun.Length > 0, "seed.teacher_run", "''", $"must name the run that the frozen teacher is taken from {on}", "seed.loss_weight");
        Require(dino.LossWeight == 0, "dino.loss_weight", dino.LossWeight, $"must be 0 {on}: there are no prototypes", "seed.loss_weight");
        Require(ibot.LossWeight == 0, "ibot.loss_weight", ibot.LossWeight, $"must be 0 {on}: there are no prototypes", "seed.loss_weight");
        Require(
            ibot.MaskSampleProbability == 0,
            "ibot.mask_sample_probability", ibot.MaskSampleProbability, $"must be 0 {on}: the student is to see what the frozen teacher sees", "seed.loss_weight");
        Require(student.Intact && !student.Elastic, "student.elastic", student.Elastic, $"must be false, and student.intact true, {on}: one network is distilled", "student.intact", "seed.loss_weight");
        Require(
            configuration.Crops.LocalCropsNumber == 0,
            "crops.local_crops_number", configuration.Crops.LocalCropsNumber, $"must be 0 {on}: only global crops are distilled", "seed.loss_weight");
        Require(
            seed.QueueLength >= 2 * (long)configuration.Train.BatchSizePerGpu,
            "seed.queue_length", seed.QueueLength,
            $"must hold the embeddings of one step, two for each of train.batch_size_per_gpu, {configuration.Train.BatchSizePerGpu}", "train.batch_size_per_gpu");
        Require(
            configuration.Guard.CollapsedSteps == 0,
            "guard.collapsed_steps", configuration.Guard.CollapsedSteps, $"must be 0 {on}: a frozen teacher does not collapse, however decided its targets are", "seed.loss_weight");
    }
}
