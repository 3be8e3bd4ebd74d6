using System.Globalization;
using System.Text;

namespace Poa.Elastic;

/// <summary>Between YAML scalars and lists and the property types of the configuration records.</summary>
internal static class ScalarValues
{
    /// <summary>The value of a node, or false where it has another type; ranges are not looked at.</summary>
    public static bool TryRead(Node node, Type type, out object? value)
    {
        value = null;
        switch (node)
        {
            case SequenceNode sequence when type == typeof(EquatableArray<int>):
                return TryReadAll(sequence, out int[] integers) && (value = EquatableArray.Create<int>(integers)) is not null;
            case SequenceNode sequence when type == typeof(EquatableArray<double>):
                return TryReadAll(sequence, out double[] reals) && (value = EquatableArray.Create<double>(reals)) is not null;
            case SequenceNode { Items.Count: 2 } sequence when type == typeof(Interval):
                return TryReadAll(sequence, out double[] ends) && (value = new Interval(ends[0], ends[1])) is not null;
            case ScalarNode scalar:
                return TryReadScalar(scalar, type, out value);
            default:
                return false;
        }
    }

    /// <summary>The canonical YAML of a value: reads back as the same value, in this program and in PyYAML.</summary>
    public static string Write(object? value) => value switch
    {
        null => "null",
        bool truth => truth ? "true" : "false",
        int or long => ((IFormattable)value).ToString(null, CultureInfo.InvariantCulture),
        double real => WriteReal(real),
        string text => Quote(text),
        Enum name => ConfigurationNames.Of(name),
        Interval interval => $"[{WriteReal(interval.Min)}, {WriteReal(interval.Max)}]",
        EquatableArray<int> list => $"[{string.Join(", ", list.Select(item => Write(item)))}]",
        EquatableArray<double> list => $"[{string.Join(", ", list.Select(WriteReal))}]",
        _ => throw new NotSupportedException($"Configuration values of type {value.GetType()} have no YAML form."),
    };

    /// <summary>The type in a user's words.</summary>
    public static string Describe(ConfigurationProperty property)
    {
        var type = property.Type;
        var count = property.Key.Length > 0 ? $"{property.Key.Length} " : "";
        return type switch
        {
            _ when type == typeof(bool) => "true or false",
            _ when type == typeof(int) || type == typeof(long) => "integer",
            _ when type == typeof(double) => "number",
            _ when type == typeof(double?) => "number or null",
            _ when type == typeof(string) => "text",
            _ when type == typeof(Interval) => "list of two numbers, least and greatest",
            _ when type == typeof(EquatableArray<int>) => $"list of {count}integers",
            _ when type == typeof(EquatableArray<double>) => $"list of {count}numbers",
            { IsEnum: true } => $"one of {string.Join(", ", ConfigurationNames.LegalFor(type))}",
            _ => throw new NotSupportedException($"Configuration values of type {type} have no description."),
        };
    }

    /// <summary>The numbers in a value that its range applies to.</summary>
    public static IEnumerable<double> Numbers(object? value) => value switch
    {
        int number => [number],
        long number => [number],
        double number => [number],
        Interval interval => [interval.Min, interval.Max],
        EquatableArray<int> list => list.Select(item => (double)item),
        EquatableArray<double> list => list,
        _ => [],
    };

    private static bool TryReadAll<T>(SequenceNode sequence, out T[] items)
    {
        items = new T[sequence.Items.Count];
        for (var i = 0; i < items.Length; i++)
        {
            if (!TryRead(sequence.Items[i], typeof(T), out var item))
            {
                return false;
            }

            items[i] = (T)item!;
        }

        return true;
    }

    private static bool TryReadScalar(ScalarNode scalar, Type type, out object? value)
    {
        value = null;
        var text = scalar.Value;
        if (type == typeof(string))
        {
            value = scalar.IsNull ? "" : text;
        }
        else if (type.IsEnum)
        {
            value = ConfigurationNames.Find(type, text);
        }
        else if (!scalar.Plain)
        {
            return false;
        }
        else if (type == typeof(double?) && scalar.IsNull)
        {
            return true;
        }
        else if (type == typeof(bool))
        {
            value = text.ToUpperInvariant() switch { "TRUE" or "YES" or "ON" => true, "FALSE" or "NO" or "OFF" => false, _ => null };
        }
        else if (type == typeof(int))
        {
            value = int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : null;
        }
        else if (type == typeof(long))
        {
            value = long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : null;
        }
        else if (type == typeof(double) || type == typeof(double?))
        {
            const NumberStyles style = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;
            value = double.TryParse(text, style, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number) ? number : null;
        }

        return value is not null;
    }

    private static string WriteReal(double value)
    {
        // Shortest digits that give the same double; with a point, since PyYAML takes 1e-05 for text.
        var text = value.ToString("R", CultureInfo.InvariantCulture).ToLowerInvariant();
        return text.Contains('.') ? text
            : text.IndexOf('e') is var exponent and > 0 ? text.Insert(exponent, ".0")
            : text + ".0";
    }

    private static string Quote(string text)
    {
        var quoted = new StringBuilder("\"");
        foreach (var character in text)
        {
            _ = character switch
            {
                '"' or '\\' => quoted.Append('\\').Append(character),
                _ when char.IsControl(character) || character is '\u2028' or '\u2029' or '\ufeff' =>
                    quoted.Append(CultureInfo.InvariantCulture, $"\\u{(int)character:x4}"),
                _ => quoted.Append(character),
            };
        }

        return quoted.Append('"').ToString();
    }
}
