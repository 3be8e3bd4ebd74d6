using TorchSharp.Modules;

namespace Poa.Evaluation.Dense.Optimisation;

/// <summary>Parameters that share learning rate and weight decay.</summary>
/// <param name="Name">For instance <c>layer_3_no_decay</c>.</param>
/// <param name="LearningRate">Learning rate before the schedule acts on it.</param>
/// <param name="WeightDecay">Decoupled weight decay.</param>
/// <param name="Parameters">Names and tensors.</param>
public sealed record ParameterGroup(string Name, double LearningRate, double WeightDecay, IReadOnlyList<KeyValuePair<string, Parameter>> Parameters);
