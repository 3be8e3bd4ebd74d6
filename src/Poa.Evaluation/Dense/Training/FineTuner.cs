using System.Diagnostics;
using Poa.Data.Loading;
using Poa.Evaluation.Dense.Optimisation;
using Poa.Networks;
using static TorchSharp.torch;

namespace Poa.Evaluation.Dense.Training;

/// <summary>
/// Fine-tunes a network with AdamW, on the calling thread: the loop of detection and segmentation. What a run computes is a function of
/// its options, data and thread count; resumed from a checkpoint it goes on as if it had never stopped, on CPU bit for bit.
/// </summary>
/// <typeparam name="TBatch">A batch in host memory.</typeparam>
/// <typeparam name="TWorkspace">Scratch memory of a loader thread.</typeparam>
public sealed class FineTuner<TBatch, TWorkspace>
    where TBatch : class
    where TWorkspace : class, new()
{
    private readonly IFineTuned<TBatch> model;
    private readonly IBatchFiller<TBatch, TWorkspace> batches;
    private readonly IReadOnlyList<ParameterGroup> groups;
    private readonly LearningRateSchedule schedule;
    private readonly FineTuningOptions options;
    private readonly FineTuningCallbacks callbacks;
    private readonly FineTuningCheckpoints checkpoints;
    private long iteration;
    private long skipped;
    private int skippedInARow;
    private List<string> notes = [];

    /// <param name="model">Network and losses.</param>
    /// <param name="batches">Makes batch n, the one of step n, from seed and n alone.</param>
    /// <param name="groups">All parameters to train, see <see cref="LayerDecay"/>.</param>
    /// <param name="schedule">Learning rate of a group at a step.</param>
    /// <param name="options">The rest.</param>
    /// <param name="callbacks">What is told; null for nothing.</param>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    public FineTuner(
        IFineTuned<TBatch> model,
        IBatchFiller<TBatch, TWorkspace> batches,
        IReadOnlyList<ParameterGroup> groups,
        LearningRateSchedule schedule,
        FineTuningOptions options,
        FineTuningCallbacks? callbacks = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        (this.model, this.batches, this.groups, this.schedule, this.options) = (model, batches, groups, schedule, options);
        this.callbacks = callbacks ?? new FineTuningCallbacks();
        checkpoints = new FineTuningCheckpoints(options.CheckpointFolder);
    }

    /// <summary>Trains from the latest whole checkpoint, or from the start, to the last step. Afterwards the network is in training mode.</summary>
    /// <param name="cancellationToken">Ends the run after the step in progress, with a checkpoint.</param>
    /// <exception cref="FineTuningException">The checkpoints are of another run, or too many steps in a row were not finite.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled; a checkpoint has been committed.</exception>
    /// <remarks>What losses, batches, disk and callbacks throw goes through.</remarks>
    public FineTuningOutcome Run(CancellationToken cancellationToken = default)
    {
        Directory.CreateDirectory(options.CheckpointFolder);
        using var state = new FineTuningState(model.Network, groups);
        Resume(state);
        if (iteration < options.Iterations)
        {
            Train(state, cancellationToken);
        }

        return new FineTuningOutcome(skipped, notes);
    }

    private void Train(FineTuningState state, CancellationToken cancellationToken)
    {
        model.Network.train();
        var (started, images) = (Stopwatch.GetTimestamp(), 0L);
        var saved = iteration;
        using var loader = new OrderedPrefetcher<TBatch, TWorkspace>(
            batches, iteration, options.Iterations - iteration, options.LoaderThreads, options.Ahead, "fine-tuning");
        try
        {
            while (loader.Next(cancellationToken) is { } batch)
            {
                var losses = Step(batch, state);
                iteration++;
                images += model.ImagesOf(batch);
                var seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
                callbacks.Progressed?.Invoke(new(iteration, options.Iterations, images / Math.Max(seconds, 1e-9), losses, skipped));
                if (iteration == options.Iterations || iteration % options.CheckpointEvery == 0)
                {
                    Save(state);
                    saved = iteration;
                }
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested && saved != iteration)
        {
            Save(state);
            throw;
        }
    }

    private KeyValuePair<string, double>[] Step(TBatch batch, FineTuningState state)
    {
        using var scope = NewDisposeScope();
        state.KeepBuffers();
        state.Optimiser.ClearGradients();
        var terms = model.Losses(batch, new StepKey(options.Seed, iteration));
        var total = terms.Select(t => t.Value).Aggregate((sum, term) => sum.Plus(term));
        KeyValuePair<string, double>[] losses = [.. terms.Select(t => KeyValuePair.Create(t.Name, (double)t.Value.detach().to(ScalarType.Float32).item<float>()))];
        var isFinite = losses.All(loss => double.IsFinite(loss.Value));
        if (isFinite)
        {
            total.backward();
            isFinite = state.Optimiser.AreGradientsFinite();
        }

        if (isFinite)
        {
            state.Optimiser.Step(parameterGroup => schedule.At(parameterGroup.LearningRate, iteration));
            skippedInARow = 0;
        }
        else
        {
            Skip(state, losses);
        }

        state.Optimiser.ClearGradients();
        return losses;
    }

    private void Skip(FineTuningState state, KeyValuePair<string, double>[] losses)
    {
        state.RestoreBuffers();
        skipped++;
        if (++skippedInARow >= options.MaximumSkippedInARow)
        {
            throw new FineTuningException(
                $"At step {iteration} loss or gradient was not finite for the {skippedInARow}th time in a row ({string.Join(", ", losses.Select(l => $"{l.Key} {l.Value}"))}). "
                + "Lower the learning rate, or look at the data and the pre-trained weights.");
        }
    }

    private void Save(FineTuningState state)
    {
        using var scope = NewDisposeScope();
        var folder = checkpoints.Save(
            new FineTuningManifest
            {
                Format = FineTuningManifest.CurrentFormat,
                Iteration = iteration,
                Description = options.Description,
                Skipped = skipped,
                SkippedInARow = skippedInARow,
                Threads = TorchRuntime.Threads,
                TorchVersion = __version__,
                Notes = notes,
                Files = [],
            },
            state.Files());
        callbacks.CheckpointCommitted?.Invoke(folder);
        checkpoints.Prune(iteration);
    }

    private void Resume(FineTuningState state)
    {
        (iteration, skipped, skippedInARow, notes) = (0, 0, 0, []);
        if (checkpoints.Latest(callbacks.CheckpointRejected) is not var (manifest, folder))
        {
            return;
        }

        if (manifest.Description != options.Description)
        {
            throw new FineTuningException(
                $"The checkpoint {folder} belongs to another run: it was made with [{manifest.Description}], asked for is [{options.Description}]. Use another checkpoint folder.");
        }

        state.Load(folder);
        (iteration, skipped, skippedInARow, notes) = (manifest.Iteration, manifest.Skipped, manifest.SkippedInARow, [.. manifest.Notes]);
        if (manifest.Threads != TorchRuntime.Threads)
        {
            notes.Add($"From step {iteration} on it was trained with {TorchRuntime.Threads} threads instead of {manifest.Threads}, which changes last bits.");
        }
    }
}
