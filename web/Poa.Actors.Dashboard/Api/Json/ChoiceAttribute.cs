using System.Text.Json;

namespace Poa.Actors.Dashboard.Api;

/// <summary>
/// Says that the text of a parameter is one of an enumeration's names as they stand on the wire. The binder's own way knows the names
/// of C# only, and takes any number.
/// </summary>
/// <param name="type">The enumeration.</param>
[AttributeUsage(AttributeTargets.Parameter)]
internal sealed class ChoiceAttribute(Type type) : Attribute
{
    /// <summary>The names to choose from.</summary>
    public IReadOnlyList<string> Names => NamesOf(type);

    /// <summary>The names of an enumeration as they stand on the wire.</summary>
    public static IReadOnlyList<string> NamesOf(Type type) => [.. Enum.GetNames(type).Select(JsonNamingPolicy.CamelCase.ConvertName)];
}
