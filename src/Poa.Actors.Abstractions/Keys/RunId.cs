using System.Globalization;
using System.Security.Cryptography;

namespace Poa.Actors.Abstractions;

/// <summary>
/// Rules for run ids. They are grain keys, blob names and things people type: lower-case letters, digits and dashes, at most
/// 63 characters, beginning and ending with a letter or digit.
/// </summary>
public static class RunId
{
    /// <summary>The longest id, in characters.</summary>
    public const int MaxLength = 63;

    /// <summary>A new id with the day and four random hexadecimal digits, such as <c>poa-20261123-4f2a</c>.</summary>
    /// <param name="time">The clock that says which day it is (UTC).</param>
    public static string New(TimeProvider time) => Stamped("poa", time);

    /// <summary>True if <paramref name="text"/> obeys the rules.</summary>
    /// <param name="text">The id to look at.</param>
    public static bool IsValid(string? text) =>
        text is { Length: > 0 and <= MaxLength } && text[0] != '-' && text[^1] != '-' &&
        text.All(c => c is (>= 'a' and <= 'z') or (>= '0' and <= '9') or '-');

    /// <summary>Returns the id, or throws an error that states the rules.</summary>
    /// <param name="text">The id to check.</param>
    /// <exception cref="PoaException">The id breaks the rules (<see cref="ErrorCodes.InvalidArgument"/>).</exception>
    public static string Validate(string? text) => IsValid(text)
        ? text!
        : throw new PoaException(
            ErrorCodes.InvalidArgument,
            $"'{text}' is not a run id.",
            $"Use lower-case letters, digits and dashes, at most {MaxLength} characters, such as poa-20261123-4f2a.");

    internal static string Stamped(string prefix, TimeProvider time) => string.Create(
        CultureInfo.InvariantCulture,
        $"{prefix}-{time.GetUtcNow():yyyyMMdd}-{RandomNumberGenerator.GetHexString(4, lowercase: true)}");
}
