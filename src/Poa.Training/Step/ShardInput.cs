using Poa.Elastic;
using Poa.Networks;
using Poa.Training.Batching;

namespace Poa.Training.Step;

/// <summary>What one virtual shard computes in a step.</summary>
/// <param name="VirtualShard">Its number, from 0.</param>
/// <param name="Batch">Its images: two global crops of each.</param>
/// <param name="Elastic">Its elastic student; where there is none (<c>student.elastic</c>) the intact network, which is all that is trained.</param>
public sealed record ShardInput(int VirtualShard, TrainingBatch Batch, SubNetwork Elastic)
{
    // Each student of each shard has stochastic depth of its own.
    private const int Students = 2;

    /// <summary>Whether the students see masked crops. Once masks are active they do whatever the weight of the patch loss, as in the authors' code.</summary>
    internal bool HasMasks(StepSchedule schedule) => schedule.MasksActive && Batch.MaskIndices.shape[0] > 0;

    /// <summary>Number of a student among all of the step, for <see cref="DropPathPlan"/>.</summary>
    /// <param name="student">0 for the intact one, 1 for the elastic one.</param>
    internal int BranchOf(int student) => (Students * VirtualShard) + student;

    /// <summary>The channels of its elastic student, and of an elastic teacher; null for the leading ones.</summary>
    internal ChannelDraw? DrawOf(PoaConfiguration configuration) => configuration.Student.Mode == ChannelSelection.Random
        ? new ChannelDraw(configuration.Train.Seed, Batch.Iteration, configuration.Train.SharedSubNetwork ? 0 : VirtualShard)
        : null;
}
