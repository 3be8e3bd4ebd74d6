namespace Poa.Elastic;

/// <summary>The feed-forward half of a transformer block.</summary>
public enum FeedForward
{
    /// <summary>Two linear layers with the exact (erf) GELU between them.</summary>
    [ConfigurationName("mlp")]
    Mlp,

    /// <summary>A gated layer, silu(x W1) * (x W2), then W3. The authors' <c>swiglu</c> and <c>swiglufused</c> are the same mathematics.</summary>
    [ConfigurationName("swiglu", "swiglufused")]
    SwiGlu,
}
