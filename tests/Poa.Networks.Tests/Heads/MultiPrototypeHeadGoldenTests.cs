using System.Text.Json;
using Poa.Testing;
using Xunit;
using static TorchSharp.torch;

namespace Poa.Networks.Tests.Heads;

[Trait("Category", Golden.Trait)]
public sealed class MultiPrototypeHeadGoldenTests : IDisposable
{
    private const string Parameters = "head/param/";
    private const double Atol = 1e-6;
    private const double Rtol = 2e-5;

    private readonly TorchSharp.DisposeScope _scope = NewDisposeScope();
    private readonly JsonElement _config = Golden.Json("heads_losses.json").GetProperty("config").GetProperty("head");
    private readonly Dictionary<string, Tensor> _golden = GoldenTensors.Load("heads_losses.safetensors");
    private readonly MultiPrototypeHead _head;

    public MultiPrototypeHeadGoldenTests()
    {
        int[] prototypes = [.. _config.GetProperty("out_dims").EnumerateArray().Select(k => k.GetInt32())];
        var weights = _golden.Where(g => g.Key.StartsWith(Parameters, StringComparison.Ordinal)).ToDictionary(g => g.Key[Parameters.Length..], g => g.Value);
        // Linear layers of the MLP: each has one weight in the state dict.
        var layers = weights.Keys.Count(name => name.StartsWith("mlp0.", StringComparison.Ordinal) && name.EndsWith(".weight", StringComparison.Ordinal));
        _head = new MultiPrototypeHead(
            _config.GetProperty("max_in_dim").GetInt32(),
            prototypes,
            _config.GetProperty("hidden").GetInt32(),
            _config.GetProperty("bottleneck").GetInt32(),
            layers,
            seed: 0);
        StateDictionary.Load(_head, weights, "heads_losses.safetensors");
    }

    public void Dispose() => _scope.Dispose();

    [Fact]
    public void Forward_EveryWidth_MatchesTheReference()
    {
        int[] widths = [.. _config.GetProperty("widths").EnumerateArray().Select(w => w.GetInt32())];
        // All widths in one call, and each in a call of its own.
        var together = _head.Forward([.. widths.Select(w => _golden[$"head/in/w{w}"])]);
        for (var j = 0; j < widths.Length; j++)
        {
            var alone = _head.Forward(_golden[$"head/in/w{widths[j]}"]);
            for (var i = 0; i < _head.Prototypes.Count; i++)
            {
                var name = $"head/out/w{widths[j]}/{i}";
                GoldenTensors.AssertClose(_golden[name], alone[i], Atol, Rtol, name);
                GoldenTensors.AssertClose(_golden[name], together[j][i], Atol, Rtol, $"{name}, all widths in one call");
            }
        }
    }

    [Fact]
    public void Forward_Gradients_MatchTheReference()
    {
        foreach (var width in _config.GetProperty("grad_widths").EnumerateArray().Select(w => w.GetInt32()))
        {
            _head.zero_grad();
            var x = _golden[$"head/in/w{width}"].detach().requires_grad_();
            var scores = _head.Forward(x);
            scores.Select((s, i) => (s * _golden[$"head/cot/{i}"]).sum()).Aggregate((a, b) => a + b).backward();

            AssertGradient($"head/grad_in/w{width}", x.grad);
            foreach (var (name, parameter) in StateDictionary.Of(_head))
            {
                AssertGradient($"head/grad_param/w{width}/{name}", parameter.grad);
            }
        }
    }

    private void AssertGradient(string name, Tensor? gradient)
    {
        Assert.NotNull(gradient);
        // Entries of a gradient are sums over many terms; their error goes with the largest of them.
        var largest = _golden[name].abs().max().item<float>();
        GoldenTensors.AssertClose(_golden[name], gradient, Atol + (Rtol * largest), 0, name);
    }
}
