using Poa.Evaluation.Dense.Optimisation;
using Poa.Evaluation.Dense.Training;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Poa.Evaluation.Tests.Dense.Training;

public sealed class GroupedAdamWTests
{
    [Fact]
    public void Step_TwoGroups_FollowsPyTorchsAdamW()
    {
        using var scope = NewDisposeScope();
        Parameter[] own = [Made(1), Made(2)];
        Parameter[] theirs = [Made(1), Made(2)];
        ParameterGroup[] groups = [Group("a", 0.01, 0.1, own[0]), Group("b", 0.003, 0, own[1])];
        using var optimiser = new GroupedAdamW(groups);
        var reference = new[] { (0.01, 0.1), (0.003, 0.0) }.Zip(theirs, (s, p) => optim.AdamW([p], s.Item1, weight_decay: s.Item2)).ToArray();

        for (var step = 0; step < 5; step++)
        {
            // The second parameter has no gradient in one step, which must not count as a step for it.
            foreach (var i in step == 2 ? new[] { 0 } : [0, 1])
            {
                var gradient = DenseTesting.Random(100 + (10 * step) + i, 4, 3);
                (own[i] * gradient).sum().backward();
                (theirs[i] * gradient).sum().backward();
                reference[i].step();
                theirs[i].grad = null;
            }

            optimiser.Step(g => g.LearningRate);
            optimiser.ClearGradients();
        }

        Assert.All(own.Zip(theirs), pair => DenseTesting.AssertClose(pair.Second, pair.First, 1e-6, "parameter"));
    }

    private static ParameterGroup Group(string name, double rate, double decay, Parameter parameter) =>
        new(name, rate, decay, [KeyValuePair.Create(name, parameter)]);

    private static Parameter Made(long seed) => new(DenseTesting.Random(seed, 4, 3));
}
