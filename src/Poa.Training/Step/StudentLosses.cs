using Poa.Training.Batching;
using Poa.Training.Losses;
using static TorchSharp.torch;

namespace Poa.Training.Step;

/// <summary>
/// The loss terms of the two students, weighted and averaged over head branches as the authors' code does (arXiv 2408.01031 §3.3):
/// cross-view terms with lambda for the intact and 1 - lambda for the elastic student, same-view distillation with 1 - lambda.
/// </summary>
/// <param name="settings">Weights.</param>
/// <param name="batch">The shard's input.</param>
/// <param name="branches">Head branches.</param>
/// <param name="sum">Takes the terms.</param>
internal sealed class StudentLosses(LossSettings settings, TrainingBatch batch, int branches, LossSum sum)
{
    // The global term counts both directions at once; KoLeo and the patch loss are shown at half of their value, as in the authors' logs.
    private const double GlobalTerms = 2;
    private const double ShownHalf = 0.5;

    // Pairs of student and teacher views. Without local crops the authors' code still counts one local pair: kept.
    private readonly double pairs = GlobalTerms + Math.Max(2 * (batch.LocalCrops?.shape[0] ?? 0) / batch.ImageCount, 1);

    /// <summary>Names of all terms that a configuration can have, in the order in which they are added.</summary>
    /// <param name="branches">Head branches.</param>
    public static IEnumerable<string> NamesOf(int branches)
    {
        for (var i = 0; i < branches; i++)
        {
            yield return $"dino_local_crops_loss_{i}";
            yield return $"dino_global_crops_loss_{i}";
            yield return $"ibot_loss_{i}";
        }

        yield return "koleo_loss";
        for (var i = 0; i < branches; i++)
        {
            yield return $"distill_local_crops_loss_{i}";
            yield return $"distill_global_crops_loss_{i}";
        }

        yield return "seed_loss";
    }

    /// <summary>Adds the intact student's losses against the teacher, and its KoLeo term.</summary>
    /// <param name="student">The student's output.</param>
    /// <param name="targets">Of the teacher, by head branch.</param>
    /// <param name="share">Its weight among the students.</param>
    public void AddIntact(StudentOutput student, IReadOnlyList<BranchTargets> targets, double share) => AddAgainstTeacher(student, targets, share, classTokens: true);

    /// <summary>Adds the elastic student's losses against the teacher, its KoLeo term, and those of same-view distillation.</summary>
    /// <param name="student">The student's output.</param>
    /// <param name="targets">Of the teacher, by head branch.</param>
    /// <param name="intact">The intact student's output, taken as constant; null where there is none.</param>
    /// <param name="share">Its weight among the students.</param>
    public void AddElastic(StudentOutput student, IReadOnlyList<BranchTargets> targets, StudentOutput? intact, double share)
    {
        AddAgainstTeacher(student, targets, share, settings.CrossView);
        if (intact is not null && settings.SameView && share > 0)
        {
            AddDistillation(student, intact, share);
        }
    }

    /// <summary>Adds the loss of distilling a frozen teacher.</summary>
    /// <param name="student">The student's output.</param>
    /// <param name="teacher">What the teacher finds in the same crops.</param>
    /// <param name="queue_LE">The queue that it compared them with.</param>
    /// <param name="temperature">Of the student's similarities.</param>
    public void AddFrozen(StudentOutput student, FrozenView teacher, Tensor queue_LE, double temperature)
    {
        var term = SimilarityDistillation.Loss(student.Embeddings_2BE!, teacher.Embeddings_2BE, queue_LE, teacher.Targets_2BN, temperature);
        sum.Add("seed_loss", term, 1, settings.Seed);
    }

    private void AddAgainstTeacher(StudentOutput student, IReadOnlyList<BranchTargets> targets, double share, bool classTokens)
    {
        for (var i = 0; share > 0 && i < branches; i++)
        {
            if (classTokens && targets[i].Sum_BK is { } sum_BK)
            {
                var term = CrossEntropy.AllPairs(student.Local_nBK[i], sum_BK);
                sum.Add($"dino_local_crops_loss_{i}", term, share / pairs, settings.ClassToken * share / pairs / branches);
            }

            if (classTokens && targets[i].Swapped_2BK is { } swapped)
            {
                var term = CrossEntropy.Mean(student.Global_2BK[i], swapped);
                sum.Add($"dino_global_crops_loss_{i}", term, share * GlobalTerms / pairs, settings.ClassToken * share * GlobalTerms / pairs / branches);
            }

            if (targets[i].WeightedPatches_MK is { } weighted)
            {
                var term = CrossEntropy.MaskedPatches(student.Patches_MK[i], weighted, batch.GlobalCrops.shape[0]);
                sum.Add($"ibot_loss_{i}", term, share * ShownHalf, settings.MaskedPatch * share / branches);
            }
        }

        if (settings.KoLeo > 0)
        {
            // Each global crop by itself: class tokens of one image must not push each other apart.
            foreach (var crop_BD in student.ClassTokens_2BD.split(batch.ImageCount, 0))
            {
                sum.Add("koleo_loss", KoLeo.Loss(crop_BD), settings.KoLeo / settings.Students * ShownHalf, settings.KoLeo / settings.Students);
            }
        }
    }

    /// <summary>Same-view distillation: the intact student's class-token predictions are the elastic student's targets.</summary>
    private void AddDistillation(StudentOutput elastic, StudentOutput intact, double share)
    {
        for (var i = 0; i < branches; i++)
        {
            if (batch.LocalCrops is not null)
            {
                Add($"distill_local_crops_loss_{i}", elastic.Local_nBK[i], intact.Local_nBK[i]);
            }

            Add($"distill_global_crops_loss_{i}", elastic.Global_2BK[i], intact.Global_2BK[i]);
        }

        void Add(string name, Tensor student_RK, Tensor intact_RK)
        {
            var target = intact_RK.detach().exp();
            sum.Add(name, CrossEntropy.Mean(student_RK, target), 1, share / branches);
        }
    }
}
