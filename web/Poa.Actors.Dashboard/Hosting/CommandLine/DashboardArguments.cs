using System.CommandLine;
using System.Net;
using Poa.Actors.Dashboard.Security;

namespace Poa.Actors.Dashboard.Hosting.CommandLine;

/// <summary>The options of a command line that say how the dashboard is served: of <c>poa up</c>, <c>poa demo</c>, and of the dashboard alone.</summary>
public sealed class DashboardArguments
{
    private readonly Option<string?> address;
    private readonly Option<int?> port;
    private readonly Option<AuthenticationMode> authentication = new("--auth")
    {
        Description = "How people sign in: none (on this machine only), accounts (see `poa accounts`), oidc.",
        HelpName = "none|accounts|oidc",
    };

    private readonly Option<string[]> hostNames;
    private readonly Option<string[]> proxies;
    private readonly Option<string?> certificate = new("--certificate") { Description = "Serve https with this certificate: PEM, or PFX without a password.", HelpName = "FILE" };
    private readonly Option<string?> certificateKey = new("--certificate-key") { Description = "PEM file of the certificate's private key, if it is not in the same file.", HelpName = "FILE" };
    private readonly Option<string?> authority = new("--oidc-authority") { Description = $"Address of the OpenID provider. The client's secret comes from {OidcOptions.SecretVariable} or the file that {OidcOptions.SecretFileVariable} names.", HelpName = "URL" };
    private readonly Option<string?> clientId = new("--oidc-client-id") { Description = "Id of this client at the provider.", HelpName = "ID" };
    private readonly Option<string> roleClaim = new("--oidc-role-claim") { Description = "Claim that says the role.", HelpName = "NAME", DefaultValueFactory = _ => "roles" };
    private readonly Option<string[]> roles = new("--oidc-role") { Description = "What a value of that claim stands for, such as staff=operator. poa-viewer, poa-operator, poa-admin if not given.", HelpName = "VALUE=ROLE" };
    private readonly Option<string> nameClaim = new("--oidc-name-claim") { Description = "Claim that names the account.", HelpName = "NAME", DefaultValueFactory = _ => "preferred_username" };

    /// <summary>The options.</summary>
    /// <param name="prefix">Goes before names that would mean something else otherwise, such as <c>dashboard-</c>; empty for none.</param>
    public DashboardArguments(string prefix = "")
    {
        address = new($"--{prefix}address") { Description = "Address the dashboard listens on; any but a loopback address needs --auth.", HelpName = "ADDRESS" };
        port = new($"--{prefix}port") { Description = $"Port of the dashboard; {DashboardOptions.DefaultPort} or the next free one if not given.", HelpName = "N" };
        hostNames = new($"--{prefix}host-name") { Description = "A name that browsers call the dashboard by, beside this machine's own; may be given several times.", HelpName = "NAME" };
        proxies = new($"--{prefix}proxy") { Description = "Address of a reverse proxy whose X-Forwarded headers are believed; may be given several times.", HelpName = "ADDRESS" };
    }

    /// <summary>Adds the options to a command.</summary>
    /// <param name="command">The command.</param>
    public void AddTo(Command command)
    {
        foreach (var option in (Option[])[address, port, authentication, hostNames, proxies, certificate, certificateKey, authority, clientId, roleClaim, roles, nameClaim])
        {
            command.Add(option);
        }
    }

    /// <summary>What a command line says.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="home">The data folder.</param>
    /// <param name="lastPort">The port that an earlier host of the folder had, to be taken again; null if there was none.</param>
    /// <exception cref="PoaException">A value cannot be used.</exception>
    public DashboardOptions Read(ParseResult parsed, string home, int? lastPort = null) => new()
    {
        Home = home,
        Address = parsed.GetValue(address) is { } text ? ReadAddress(text, address.Name) : IPAddress.Loopback,
        Port = ReadPort(parsed.GetValue(port)) ?? lastPort ?? DashboardOptions.DefaultPort,
        IsPortNegotiable = parsed.GetValue(port) is null,
        Authentication = parsed.GetValue(authentication),
        HostNames = parsed.GetValue(hostNames) ?? [],
        KnownProxies = [.. (parsed.GetValue(proxies) ?? []).Select(proxy => ReadAddress(proxy, proxies.Name))],
        CertificateFile = parsed.GetValue(certificate),
        CertificateKeyFile = parsed.GetValue(certificateKey),
        Oidc = ReadOidc(parsed),
    };

    private OidcOptions? ReadOidc(ParseResult parsed)
    {
        if (parsed.GetValue(authority) is not { } url || parsed.GetValue(clientId) is not { } client)
        {
            return null;
        }

        if (!Uri.TryCreate(url, UriKind.Absolute, out var provider) || !(provider.Scheme == Uri.UriSchemeHttps || (provider.IsLoopback && provider.Scheme == Uri.UriSchemeHttp)))
        {
            throw Wrong(authority.Name, url, "Give an https address, such as https://id.example.org/realms/lab.");
        }

        var oidc = new OidcOptions { Authority = provider, ClientId = client, RoleClaim = parsed.GetValue(roleClaim)!, NameClaim = parsed.GetValue(nameClaim)! };
        return parsed.GetValue(roles) is { Length: > 0 } map ? oidc with { RoleMap = map.Select(ReadRole).ToDictionary() } : oidc;
    }

    private KeyValuePair<string, Role> ReadRole(string text) =>
        text.LastIndexOf('=') is > 0 and var at && Roles.TryParse(text[(at + 1)..], out var role)
            ? new(text[..at], role)
            : throw Wrong(roles.Name, text, $"Give VALUE=ROLE with one of {string.Join(", ", Roles.Names)}.");

    private static IPAddress ReadAddress(string text, string option) =>
        text == "localhost" ? IPAddress.Loopback
        : IPAddress.TryParse(text, out var address) ? address
        : throw Wrong(option, text, "Give an IP address, such as 127.0.0.1, or 0.0.0.0 for all of this machine.");

    private int? ReadPort(int? value) => value is null or (>= 0 and <= IPEndPoint.MaxPort)
        ? value
        : throw Wrong(port.Name, value.Value.ToString(System.Globalization.CultureInfo.InvariantCulture), "Give a port from 1 to 65535, or 0 for any free one.");

    private static PoaException Wrong(string option, string value, string remedy) =>
        new(ErrorCodes.InvalidArgument, $"'{value}' cannot be used for {option}.", remedy);
}
