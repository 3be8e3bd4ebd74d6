namespace Poa.Actors.Dashboard.Security.Accounts;

/// <summary>What names, passwords and labels of accounts must be like.</summary>
internal static class AccountRules
{
    /// <summary>The shortest password, in characters.</summary>
    public const int MinPassword = 10;

    /// <summary>The longest password, in characters: hashing takes time that grows with it.</summary>
    public const int MaxPassword = 256;

    /// <summary>The longest name or label, in characters.</summary>
    public const int MaxName = 64;

    /// <summary>The name in lower case, or an error that states the rules.</summary>
    /// <exception cref="PoaException">It breaks the rules.</exception>
    public static string Name(string? name)
    {
        var text = name?.Trim().ToLowerInvariant() ?? "";
        return text.Length is > 0 and <= MaxName && char.IsAsciiLetterOrDigit(text[0]) && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_' or '@')
            ? text
            : throw new PoaException(
                ErrorCodes.InvalidArgument, $"'{name}' is not a name for an account.",
                $"Use letters, digits and . - _ @, beginning with a letter or digit, at most {MaxName} characters.");
    }

    /// <summary>The password, or an error that states the rules and does not repeat it.</summary>
    /// <exception cref="PoaException">It breaks the rules.</exception>
    public static string Password(string? password) => password?.Length is >= MinPassword and <= MaxPassword
        ? password
        : throw new PoaException(ErrorCodes.InvalidArgument, "The password is too short or too long.", $"Use {MinPassword} to {MaxPassword} characters.");

    /// <summary>The label, or an error that states the rules.</summary>
    /// <exception cref="PoaException">It is too long.</exception>
    public static string Label(string? label) => label is null or { Length: <= MaxName }
        ? label?.Trim() ?? ""
        : throw new PoaException(ErrorCodes.InvalidArgument, "The label of the key is too long.", $"Use at most {MaxName} characters.");
}
