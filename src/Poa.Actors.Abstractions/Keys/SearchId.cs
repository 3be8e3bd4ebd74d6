using System.Globalization;

namespace Poa.Actors.Abstractions;

/// <summary>Ids of budget searches follow the rules of <see cref="RunId"/>, with room for the number of a sweep.</summary>
public static class SearchId
{
    /// <summary>The longest id, in characters.</summary>
    public const int MaxLength = RunId.MaxLength - 7;

    /// <summary>A new id with the day and four random hexadecimal digits, such as <c>search-20261123-9c01</c>.</summary>
    /// <param name="time">The clock that says which day it is (UTC).</param>
    public static string New(TimeProvider time) => RunId.Stamped("search", time);

    /// <summary>Returns the id, or throws an error that states the rules.</summary>
    /// <param name="text">The id to check.</param>
    /// <exception cref="PoaException">The id breaks the rules (<see cref="ErrorCodes.InvalidArgument"/>).</exception>
    public static string Validate(string? text) => RunId.IsValid(text) && text!.Length <= MaxLength
        ? text
        : throw new PoaException(
            ErrorCodes.InvalidArgument,
            $"'{text}' is not the id of a search.",
            $"Use lower-case letters, digits and dashes, at most {MaxLength} characters, such as search-20261123-9c01.");

    /// <summary>Id of one of its sweeps.</summary>
    /// <param name="search">Id of the search.</param>
    /// <param name="number">Number of the sweep within it, from 1.</param>
    public static string SweepOf(string search, int number) => string.Create(CultureInfo.InvariantCulture, $"{search}-{number}");
}
