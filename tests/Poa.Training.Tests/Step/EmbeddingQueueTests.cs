using Poa.Training.Step;
using Xunit;
using static TorchSharp.torch;

namespace Poa.Training.Tests.Step;

public sealed class EmbeddingQueueTests : IDisposable
{
    private readonly IDisposable scope = NewDisposeScope();

    public void Dispose() => scope.Dispose();

    [Fact]
    public void Constructor_SameSeed_HoldsTheSameDirectionsOfLengthOne()
    {
        using var queue = new EmbeddingQueue(50, 8, 7, CPU);
        using var same = new EmbeddingQueue(50, 8, 7, CPU);
        using var other = new EmbeddingQueue(50, 8, 8, CPU);

        Assert.True(queue.Rows_LE.norm(1).sub(ones(50)).abs().max().item<float>() < 1e-6);
        Assert.True(queue.Rows_LE.equal(same.Rows_LE).all().item<bool>());
        Assert.False(queue.Rows_LE.equal(other.Rows_LE).any().item<bool>());
        Assert.True(queue.Rows_LE.mm(queue.Rows_LE.t()).sub(eye(50)).abs().max().item<float>() < 0.999f); // no two alike
    }

    [Fact]
    public void Commit_MoreThanOneRound_ReplacesTheOldestFirst()
    {
        using var queue = new EmbeddingQueue(5, 1, 7, CPU);
        for (var batch = 0; batch < 4; batch++)
        {
            queue.Propose(arange(10 * batch, (10 * batch) + 3).to(ScalarType.Float32).view(3, 1));
            queue.Commit();
        }

        // Twelve have entered: the last five are in, the oldest of them in the third place.
        Assert.Equal([31f, 32f, 21f, 22f, 30f], queue.Rows_LE.data<float>().ToArray());
        Assert.Equal(2, queue.Oldest);
    }

    [Fact]
    public void Discard_BeforeCommit_ChangesNothing()
    {
        using var queue = new EmbeddingQueue(5, 1, 7, CPU);
        var before = queue.Rows_LE.clone();

        queue.Propose(zeros(3, 1));
        queue.Discard();
        queue.Commit();

        Assert.True(before.equal(queue.Rows_LE).all().item<bool>());
        Assert.Equal(0, queue.Oldest);
    }
}
