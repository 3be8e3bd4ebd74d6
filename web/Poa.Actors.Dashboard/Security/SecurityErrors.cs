namespace Poa.Actors.Dashboard.Security;

/// <summary>Codes of the errors that the dashboard adds to <see cref="ErrorCodes"/>.</summary>
public static class SecurityErrors
{
    /// <summary>Nobody is signed in (HTTP 401).</summary>
    public const string NotSignedIn = "not-signed-in";

    /// <summary>The role of the account does not allow this (HTTP 403).</summary>
    public const string Forbidden = "forbidden";

    /// <summary>Name and password do not fit, or the account waits after too many wrong ones.</summary>
    public const string SignInRefused = "sign-in-refused";

    /// <summary>The dashboard cannot be served in this way safely.</summary>
    public const string UnsafeHosting = "unsafe-hosting";

    /// <summary>There is no such account (HTTP 404).</summary>
    public const string AccountNotFound = "account-not-found";

    /// <summary>There is no such API key (HTTP 404).</summary>
    public const string KeyNotFound = "key-not-found";

    /// <summary>An account of this name exists (HTTP 409).</summary>
    public const string AccountExists = "account-exists";
}
