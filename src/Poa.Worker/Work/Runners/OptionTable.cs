using System.Globalization;
using Poa.Actors.Abstractions;

namespace Poa.Worker.Work.Runners;

/// <summary>
/// Reads the options of a benchmark over its defaults: which there are, what values they take, what they change. The names are those of
/// the benchmark's description.
/// </summary>
/// <param name="benchmark">One of <see cref="Benchmarks"/>.</param>
internal sealed class OptionTable<T>(string benchmark)
{
    private readonly Dictionary<string, (string Allowed, Func<T, string, T> Apply)> options = new(StringComparer.Ordinal);

    /// <summary>Names of the options, <see cref="Benchmarks.Preset"/> among them if there are presets.</summary>
    public IEnumerable<string> Names => options.Keys;

    /// <summary>Adds an option.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="allowed">What values it takes, in words: "a whole number of at least 1".</param>
    /// <param name="apply">Changes the record; throws <see cref="FormatException"/> for other values.</param>
    public OptionTable<T> Add(string name, string allowed, Func<T, string, T> apply)
    {
        options.Add(name, (allowed, apply));
        return this;
    }

    /// <summary>Adds a whole number.</summary>
    public OptionTable<T> AddInteger(string name, int least, Func<T, int, T> apply) => Add(
        name,
        $"a whole number of at least {least}",
        (record, text) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value >= least ? apply(record, value) : throw new FormatException());

    /// <summary>Adds a real number.</summary>
    public OptionTable<T> AddNumber(string name, string allowed, Func<T, double, T> apply) => Add(name, allowed, (record, text) => apply(record, Number(text)));

    /// <summary>Adds true or false.</summary>
    public OptionTable<T> AddFlag(string name, Func<T, bool, T> apply) =>
        Add(name, "true or false", (record, text) => apply(record, bool.TryParse(text, out var value) ? value : throw new FormatException()));

    /// <summary>Adds a list with commas between.</summary>
    public OptionTable<T> AddList<TItem>(string name, string allowed, Func<string, TItem> read, Func<T, IReadOnlyList<TItem>, T> apply) =>
        Add(name, allowed, (record, text) => apply(record, [.. text.Split(',', StringSplitOptions.TrimEntries).Select(read)]));

    /// <summary>Adds one of some words.</summary>
    public OptionTable<T> AddChoice<TItem>(string name, Func<T, TItem, T> apply, params IReadOnlyList<(string Word, TItem Value)> choices) => Add(
        name,
        $"one of {string.Join(", ", choices.Select(choice => choice.Word))}",
        (record, text) => choices.FirstOrDefault(choice => choice.Word == text) is { Word: not null } found ? apply(record, found.Value) : throw new FormatException());

    /// <summary>The defaults with the options applied, the preset first; what <paramref name="check"/> refuses is a caller's fault, too.</summary>
    /// <exception cref="PoaException">An option is unknown or its value cannot be used; name, value and what is allowed stand in the message.</exception>
    public T Read(T defaults, IReadOnlyDictionary<string, string> values, Action<T> check)
    {
        var record = defaults;
        foreach (var (name, value) in values.OrderBy(option => option.Key != Benchmarks.Preset))
        {
            if (!options.TryGetValue(name, out var option))
            {
                throw Invalid($"There is no {benchmark} option '{name}' (given with the value {value}); there are {string.Join(", ", options.Keys)}.");
            }

            try
            {
                record = option.Apply(record, value);
            }
            catch (Exception e) when (e is FormatException or OverflowException)
            {
                throw Invalid($"The {benchmark} option {name}={value} cannot be used; it must be {option.Allowed}.");
            }
        }

        try
        {
            check(record);
            return record;
        }
        catch (ArgumentException e)
        {
            throw Invalid(e.Message);
        }
    }

    /// <summary>A finite number.</summary>
    /// <exception cref="FormatException">It is none.</exception>
    public static double Number(string text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && double.IsFinite(value) ? value : throw new FormatException();

    /// <summary>A whole number of at least 1.</summary>
    /// <exception cref="FormatException">It is none.</exception>
    public static int Count(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value > 0 ? value : throw new FormatException();

    private PoaException Invalid(string message) => new(ErrorCodes.InvalidArgument, message, $"Options of {benchmark}: {string.Join(", ", options.Keys)}.");
}
