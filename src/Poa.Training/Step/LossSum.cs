using Poa.Networks;
using static TorchSharp.torch;

namespace Poa.Training.Step;

/// <summary>Collects loss terms: what is shown under each name, and the sum that gradients are taken of. Stays on the device.</summary>
internal sealed class LossSum
{
    private readonly List<string> names = [];
    private readonly List<Tensor> shown = [];
    private Tensor? pending;
    private Tensor? total;

    /// <summary>Names in the order in which they first appeared.</summary>
    public IReadOnlyList<string> Names => names;

    /// <summary>Adds a term.</summary>
    /// <param name="name">Values of the same name are summed.</param>
    /// <param name="term">Scalar.</param>
    /// <param name="show">Factor under which the term is shown.</param>
    /// <param name="weight">Factor with which it enters the total.</param>
    public void Add(string name, Tensor term, double show, double weight)
    {
        var weighted = term.Times(weight);
        pending = pending is null ? weighted : pending.Plus(weighted);
        var value = term.detach().Times(show);
        var at = names.IndexOf(name);
        if (at < 0)
        {
            names.Add(name);
            shown.Add(value);
        }
        else
        {
            shown[at] = shown[at].Plus(value);
        }
    }

    /// <summary>Takes the gradient of all terms added since the last call, which frees what they held for it.</summary>
    public void Backward()
    {
        if (pending is null)
        {
            return;
        }

        pending.backward();
        var value = pending.detach();
        total = total is null ? value : total.Plus(value);
        pending = null;
    }

    /// <summary>Total and shown terms, [1 + terms] float64 (which holds float32 values exactly).</summary>
    public Tensor Values()
    {
        using var scope = NewDisposeScope();
        var first = total ?? throw new InvalidOperationException("No loss term has a weight above 0: there is nothing to train.");
        return stack([first, .. shown]).to(ScalarType.Float64).MoveToOuterDisposeScope();
    }
}
