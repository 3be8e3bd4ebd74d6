using System.Text.Json.Serialization;

namespace Poa.Evaluation.Segmentation;

/// <summary>What stands on the backbone.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<AdeHead>))]
public enum AdeHead
{
    /// <summary>A linear classifier of the tokens of four blocks, the backbone frozen.</summary>
    Linear,

    /// <summary>UperNet with an auxiliary head on a pyramid, all of it trained.</summary>
    UperNet,
}
