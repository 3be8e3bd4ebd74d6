namespace Poa.Elastic;

/// <summary>One YAML text to merge over the defaults.</summary>
/// <param name="Name">What messages call it: usually the file's path.</param>
/// <param name="Text">The YAML.</param>
public sealed record ConfigurationSource(string Name, string Text);
