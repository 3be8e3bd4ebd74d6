using Poa.Training.Losses;
using Xunit;
using static TorchSharp.torch;

namespace Poa.Training.Tests.Losses;

public sealed class SimilarityDistillationTests : IDisposable
{
    private readonly IDisposable scope = NewDisposeScope();

    public void Dispose() => scope.Dispose();

    /// <summary>One view, a queue of two: the teacher's similarities are 1, 0 and 0.6, the student's 0.8, 0.6 and 0.96.</summary>
    [Fact]
    public void Loss_SmallCase_IsTheFormulaByHand()
    {
        var teacher = tensor(new float[,] { { 1, 0 } });
        var student = tensor(new float[,] { { 0.8f, 0.6f } });
        var queue = tensor(new float[,] { { 0, 1 }, { 0.6f, 0.8f } });

        var targets = SimilarityDistillation.Targets(teacher, queue, 0.5);
        var loss = SimilarityDistillation.Loss(student, teacher, queue, targets, 0.2).item<float>();

        double[] wanted = Softmax(1 / 0.5, 0, 0.6 / 0.5);
        double[] found = Softmax(0.8 / 0.2, 0.6 / 0.2, 0.96 / 0.2);
        Assert.Equal(wanted, targets.data<float>().Select(value => (double)value), (a, b) => Math.Abs(a - b) < 1e-6);
        Assert.Equal(-wanted.Zip(found, (p, q) => p * Math.Log(q)).Sum(), loss, 1e-5);
    }

    [Fact]
    public void Loss_OfTheTeacherItself_IsItsEntropyAndTheLeast()
    {
        using var generator = new Generator(5);
        Tensor Unit(int rows) => nn.functional.normalize(randn(rows, 6, generator: generator), 2, 1);
        var (teacher, queue) = (Unit(4), Unit(9));
        var targets = SimilarityDistillation.Targets(teacher, queue, 0.2);

        var least = SimilarityDistillation.Loss(teacher, teacher, queue, targets, 0.2).item<float>();

        Assert.Equal(-targets.xlogy(targets).sum().item<float>() / 4, least, 1e-5);
        Assert.All(Enumerable.Range(0, 5), _ => Assert.True(SimilarityDistillation.Loss(Unit(4), teacher, queue, targets, 0.2).item<float>() > least));
    }

    [Fact]
    public void Loss_Backward_ReachesTheStudentAlone()
    {
        using var generator = new Generator(7);
        Tensor Unit(int rows) => nn.functional.normalize(randn(rows, 3, generator: generator), 2, 1);
        var (student, teacher, queue) = (Unit(2).requires_grad_(true), Unit(2), Unit(5));

        SimilarityDistillation.Loss(student, teacher, queue, SimilarityDistillation.Targets(teacher, queue, 0.1), 0.2).backward();

        Assert.True(student.grad!.abs().sum().item<float>() > 0);
        Assert.False(SimilarityDistillation.Targets(teacher.requires_grad_(true), queue, 0.1).requires_grad);
    }

    private static double[] Softmax(params double[] values) => [.. values.Select(value => Math.Exp(value) / values.Sum(Math.Exp))];
}
