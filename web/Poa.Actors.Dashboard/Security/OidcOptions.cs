namespace Poa.Actors.Dashboard.Security;

/// <summary>An OpenID provider, and what its claims mean here.</summary>
public sealed record OidcOptions
{
    /// <summary>Environment variable that holds the client's secret, or the path of a file with it, see <see cref="SecretFileVariable"/>.</summary>
    public const string SecretVariable = "POA_OIDC_CLIENT_SECRET";

    /// <summary>Environment variable that names a file with the client's secret, such as one that a container platform mounts.</summary>
    public const string SecretFileVariable = "POA_OIDC_CLIENT_SECRET_FILE";

    /// <summary>Address of the provider, https.</summary>
    public required Uri Authority { get; init; }

    /// <summary>Id of this client at the provider.</summary>
    public required string ClientId { get; init; }

    /// <summary>The claim whose values are looked up in <see cref="RoleMap"/>.</summary>
    public string RoleClaim { get; init; } = "roles";

    /// <summary>Role by value of the role claim. Whoever has none of the values may not enter.</summary>
    public IReadOnlyDictionary<string, Role> RoleMap { get; init; } = Roles.Names.ToDictionary(name => $"poa-{name}", name => Enum.Parse<Role>(name, ignoreCase: true));

    /// <summary>The claim that names the account in pages and in the audit log.</summary>
    public string NameClaim { get; init; } = "preferred_username";

    /// <summary>The client's secret, from the environment or from a mounted file; never from an argument.</summary>
    /// <param name="environment">Reads environment variables.</param>
    /// <exception cref="PoaException">There is none, or its file cannot be read.</exception>
    public static string ReadSecret(Func<string, string?> environment) => SecretVariables.Read(SecretVariable, environment) ?? throw new PoaException(
        ErrorCodes.InvalidArgument,
        "The client secret of the OpenID provider is not given.",
        $"Set {SecretVariable}, or {SecretFileVariable} to a file with it.");
}
