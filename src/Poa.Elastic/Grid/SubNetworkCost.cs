namespace Poa.Elastic;

/// <summary>What one sub-network costs once it is extracted into a plain network.</summary>
/// <param name="Parameters">Exact number of trainable scalars in the extracted network (without mask token and heads).</param>
/// <param name="MultiplyAccumulates">Multiply-accumulates of the matrix products of one forward pass of one image; a FLOP count is twice this.</param>
public readonly record struct SubNetworkCost(long Parameters, long MultiplyAccumulates);
