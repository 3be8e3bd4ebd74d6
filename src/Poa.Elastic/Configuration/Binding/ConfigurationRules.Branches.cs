namespace Poa.Elastic;

/// <summary>Rules of the switches: which students, teachers and losses there are.</summary>
internal sealed partial class ConfigurationRules
{
    private void CheckBranches()
    {
        var (student, teacher, dino, ibot) = (configuration.Student, configuration.Teacher, configuration.Dino, configuration.Ibot);
        Require(student.Intact || student.Elastic, "student.intact", student.Intact, "and student.elastic are both false: there is no student to train", "student.elastic");
        Require(
            !teacher.Elastic || student.Elastic,
            "teacher.elastic", teacher.Elastic, "makes targets for an elastic student, but student.elastic is false", "student.elastic");
        Require(
            dino.LossWeight > 0 || ibot.LossWeight > 0 || configuration.DistilsFrozenTeacher,
            "dino.loss_weight", dino.LossWeight, "and ibot.loss_weight are both 0: nothing would be learned", "ibot.loss_weight", "seed.loss_weight");
        Require(
            dino.HeadWeights == HeadWeighting.Uniform || dino.LossWeight > 0,
            "dino.head_weights", dino.HeadWeights, "weights the class-token loss, but dino.loss_weight is 0", "dino.loss_weight");
        Require(
            student.Intact || !student.Elastic || dino.ElasticCrossView || dino.LossWeight == 0 || ibot.LossWeight > 0,
            "dino.elastic_cross_view", dino.ElasticCrossView,
            "leaves the elastic student without a loss: student.intact is false and ibot.loss_weight 0", "student.intact", "student.elastic", "ibot.loss_weight");
    }
}
