namespace Poa.Actors.Dashboard.Security;

/// <summary>How people sign in.</summary>
public enum AuthenticationMode
{
    /// <summary>Not at all: on a loopback address only, where the visitor is the admin <c>local</c>.</summary>
    None,

    /// <summary>By local accounts with passwords, and by API keys.</summary>
    Accounts,

    /// <summary>By an OpenID provider; programs by API keys of local accounts.</summary>
    Oidc,
}
