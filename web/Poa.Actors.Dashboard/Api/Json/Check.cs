
namespace Poa.Actors.Dashboard.Api;

/// <summary>Checks of what stands in an address; an error names the parameter, the value and what is allowed.</summary>
internal static class Check
{
    /// <summary>Insists on a range.</summary>
    public static int Range(string name, int value, int least, int most) => (int)Range(name, (long)value, least, most);

    /// <inheritdoc cref="Range(string, int, int, int)"/>
    public static long Range(string name, long value, long least, long most) => value >= least && value <= most
        ? value
        : throw new PoaException(ErrorCodes.InvalidArgument, $"{name} is {value}.", $"Give {least} to {most}.");

    /// <summary>Reads a choice: its name, case does not matter; numbers are none.</summary>
    public static T Choice<T>(string name, string value)
        where T : struct, Enum => Enum.GetNames<T>().FirstOrDefault(known => string.Equals(known, value, StringComparison.OrdinalIgnoreCase)) is { } found
            ? Enum.Parse<T>(found)
            : throw new PoaException(ErrorCodes.InvalidArgument, $"{name} is '{value}'.", $"Choose one of {string.Join(", ", ChoiceAttribute.NamesOf(typeof(T)))}.");

    /// <summary>Reads several choices.</summary>
    public static IReadOnlyList<T> Choices<T>(string name, IEnumerable<string>? values)
        where T : struct, Enum => [.. (values ?? []).Select(value => Choice<T>(name, value))];

    /// <summary>Reads <c>name=value</c> pairs.</summary>
    public static IEnumerable<KeyValuePair<string, string>> Pairs(string name, IEnumerable<string> texts) => texts.Select(text =>
        text.Split('=', 2) is [{ Length: > 0 } key, var value]
            ? KeyValuePair.Create(key, value)
            : throw new PoaException(ErrorCodes.InvalidArgument, $"{name} is '{text}'.", "Write key=value, such as purpose=demo."));
}
