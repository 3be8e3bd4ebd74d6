using Poa.Elastic;
using Poa.Training.Batching;
using static TorchSharp.torch;

namespace Poa.Training.Step;

/// <summary>
/// One training step of POA: the teacher, the intact and the elastic student on one batch, losses, gradients, clipping per
/// sub-module, AdamW, and the teacher's running average.
/// </summary>
/// <param name="model">What is trained.</param>
/// <param name="phaseDone">Told as each phase ends, for measuring where time goes; on a GPU work is queued and phases end early.</param>
public sealed class TrainingStep(PoaModel model, Action<StepPhase>? phaseDone = null)
{
    private readonly LossSettings losses = LossSettings.Of(model.Configuration);

    /// <summary>Takes the step. The batch is not disposed.</summary>
    /// <param name="batch">Two global crops per image.</param>
    /// <param name="elastic">The elastic student.</param>
    /// <param name="schedule">Scheduled values.</param>
    /// <returns>What was measured; where loss or gradients are not finite, the model is exactly as before.</returns>
    /// <exception cref="ArgumentException">The batch has another number of global crops per image, or the sub-network is not on the grid.</exception>
    public StepMetrics Run(TrainingBatch batch, SubNetwork elastic, StepSchedule schedule)
    {
        ArgumentNullException.ThrowIfNull(batch);
        ArgumentNullException.ThrowIfNull(schedule);
        if (batch.GlobalCrops.shape[0] != 2 * batch.ImageCount)
        {
            throw new ArgumentException(
                $"The batch has {batch.GlobalCrops.shape[0]} global crops for {batch.ImageCount} images; the losses pair exactly two per image.", nameof(batch));
        }

        using var scope = NewDisposeScope();
        foreach (var optimiser in model.Optimisers)
        {
            optimiser.ClearGradients();
        }

        var sum = ForwardBackward(batch, elastic, schedule);
        var metrics = Collect(batch.Iteration, elastic, sum);
        phaseDone?.Invoke(StepPhase.Gradients);
        if (metrics.Applied)
        {
            Update(metrics, schedule);
        }
        else
        {
            model.ClassCentres.Discard();
            model.PatchCentres.Discard();
        }

        phaseDone?.Invoke(StepPhase.Update);
        return metrics;
    }

    private LossSum ForwardBackward(TrainingBatch batch, SubNetwork elastic, StepSchedule schedule)
    {
        // Once active, the students' crops are masked whatever the weight of the patch loss, as in the authors' code.
        var masked = schedule.MasksActive && batch.MaskIndices.shape[0] > 0;
        var patches = masked && losses.MaskedPatch > 0;
        var targets = TeacherTargets.Compute(model, losses, batch, schedule.TeacherTemperature, patches);
        phaseDone?.Invoke(StepPhase.Teacher);
        var sum = new LossSum();
        var students = new StudentLosses(losses, batch, targets, sum);

        // The intact student's gradient is taken before the elastic student runs: only one graph is alive at a time.
        var intactOutput = StudentPass.Run(model, batch, model.Student.Backbone.Grid.Intact, 0, masked, patches);
        students.AddCrossView(intactOutput, losses.Intact);
        phaseDone?.Invoke(StepPhase.IntactForward);
        sum.Backward();
        phaseDone?.Invoke(StepPhase.IntactBackward);

        var elasticOutput = StudentPass.Run(model, batch, elastic, 1, masked, patches);
        students.AddCrossView(elasticOutput, losses.Elastic);
        students.AddDistillation(elasticOutput, intactOutput);
        phaseDone?.Invoke(StepPhase.ElasticForward);
        sum.Backward();
        phaseDone?.Invoke(StepPhase.ElasticBackward);
        return sum;
    }

    // The step's only transfer to the host: all losses and norms in one small tensor.
    private StepMetrics Collect(long iteration, SubNetwork elastic, LossSum sum)
    {
        foreach (var optimiser in model.Optimisers)
        {
            optimiser.CollectGradients();
        }

        Tensor[] norms = [.. model.Optimisers.Select(optimiser => optimiser.GradientNorm().view(1))];
        var values = cat([sum.Values(), .. norms], 0).cpu().data<double>().ToArray();
        var terms = sum.Names.Select((name, i) => KeyValuePair.Create(name, (float)values[1 + i])).ToDictionary();
        var gradientNorms = model.Student.Modules.Select((module, i) => KeyValuePair.Create(module.Name, values[1 + terms.Count + i])).ToDictionary();
        return new(iteration, elastic, (float)values[0], terms, gradientNorms, Array.TrueForAll(values, double.IsFinite));
    }

    private void Update(StepMetrics metrics, StepSchedule schedule)
    {
        var clip = model.Configuration.Optim.ClipGrad;
        foreach (var (optimiser, (name, _)) in model.Optimisers.Zip(model.Student.Modules))
        {
            optimiser.Step(metrics.GradientNorms[name], clip, schedule.LearningRate, schedule.LastLayerLearningRate, schedule.WeightDecay);
        }

        model.AverageTeacher(schedule.TeacherMomentum);
        model.ClassCentres.Commit();
        model.PatchCentres.Commit();
    }
}
