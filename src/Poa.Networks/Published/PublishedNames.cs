using System.Text.RegularExpressions;

namespace Poa.Networks;

/// <summary>
/// Reads the names of published vision transformers: timm's, DINOv2's, and those of this software's own checkpoints. All come to timm's, with both
/// gates of a SwiGLU in <c>mlp.fc1</c>.
/// </summary>
internal static partial class PublishedNames
{
    private const string Student = "student.";

    private static readonly string[] Wrappers = ["module.", "_orig_mod.", "model.", "state_dict.", "teacher.", Student, "backbone."];

    private static readonly (string Prefix, string Why)[] Foreign =
    [
        ("head", "a classification head"),
        ("fc_norm.", "the norm of a classification head"),
        ("pre_logits.", "a classification head"),
        ("dino_head.", "a projection head"),
        ("ibot_head.", "a projection head"),
        ("register_tokens", "register tokens, which this network does not have: its outputs differ from the published network's until it is trained"),
        ("reg_token", "register tokens, which this network does not have: its outputs differ from the published network's until it is trained"),
    ];

    /// <summary>The name without what training wrapped around the network, and whether it is a student's.</summary>
    internal static (string Name, bool IsStudent) Unwrap(string name)
    {
        var isStudent = false;
        while (Wrappers.FirstOrDefault(wrapper => name.StartsWith(wrapper, StringComparison.Ordinal)) is { } prefix)
        {
            isStudent |= prefix == Student;
            name = name[prefix.Length..];
        }

        return (name, isStudent);
    }

    /// <summary>The common name of an unwrapped one.</summary>
    internal static string Common(string name)
    {
        // DINOv2 may put blocks into chunks; the second number counts through all of them.
        name = Chunk().Replace(name, "blocks.$1.");
        // An elastic layer has a level more.
        name = ElasticLevel().Replace(name, "$1");
        return name.Replace(".mlp.w12.", ".mlp.fc1.", StringComparison.Ordinal).Replace(".mlp.w3.", ".mlp.fc2.", StringComparison.Ordinal);
    }

    /// <summary>Why a tensor of a published file has no place in the network; null if it is not known to be of that kind.</summary>
    internal static string? Foreignness(string name) => Foreign.FirstOrDefault(kind => name.StartsWith(kind.Prefix, StringComparison.Ordinal)).Why;

    /// <summary>The number of the block that a common name belongs to; null for none.</summary>
    internal static int? BlockOf(string name) => Block().Match(name) is { Success: true } match ? int.Parse(match.Groups[1].ValueSpan, provider: null) : null;

    [GeneratedRegex(@"^blocks\.\d+\.(\d+)\.")]
    private static partial Regex Chunk();

    [GeneratedRegex(@"(?:\.linear|(?<=norm\d?)\.norm)(\.(?:weight|bias))$")]
    private static partial Regex ElasticLevel();

    [GeneratedRegex(@"^blocks\.(\d{1,4})\.")]
    private static partial Regex Block();
}
