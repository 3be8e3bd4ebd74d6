using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Orleans.Connections.Security;

namespace Poa.Actors.Database;

/// <summary>
/// TLS between the members of a cluster and its clients, both ways: each shows a certificate, and takes only those that one of its
/// authorities has signed. Who holds such a certificate is in; names in it do not matter, since addresses of silos come and go.
/// </summary>
public sealed class ClusterTls
{
    /// <summary>Environment variable: PEM file of this process's certificate, which may hold the key too.</summary>
    public const string CertificateVariable = "POA_TLS_CERTIFICATE";

    /// <summary>Environment variable: PEM file of its private key, if that is not in the certificate's.</summary>
    public const string KeyVariable = "POA_TLS_KEY";

    /// <summary>Environment variable: PEM file of the authorities whose certificates are taken.</summary>
    public const string AuthorityVariable = "POA_TLS_CA";

    private const string ServerUsage = "1.3.6.1.5.5.7.3.1", ClientUsage = "1.3.6.1.5.5.7.3.2";

    private readonly X509Certificate2Collection _authorities;

    private ClusterTls(X509Certificate2 certificate, X509Certificate2Collection authorities)
    {
        Certificate = certificate;
        _authorities = authorities;
    }

    /// <summary>What this process shows, with its key.</summary>
    public X509Certificate2 Certificate { get; }

    /// <summary>What the environment says; null if it says nothing of TLS.</summary>
    /// <param name="environment">Reads environment variables.</param>
    /// <exception cref="PoaException">A variable is missing beside another, or a file cannot be used; the message says which.</exception>
    public static ClusterTls? FromEnvironment(Func<string, string?> environment)
    {
        var (certificate, key, authority) = (environment.TextOf(CertificateVariable), environment.TextOf(KeyVariable), environment.TextOf(AuthorityVariable));
        if (certificate is null && key is null && authority is null)
        {
            return null;
        }

        foreach (var (name, value) in (ReadOnlySpan<(string, string?)>)[(CertificateVariable, certificate), (AuthorityVariable, authority)])
        {
            if (value is null)
            {
                throw new PoaException(ErrorCodes.InvalidArgument, $"TLS is set up in part: {name} is not set.", $"Set {CertificateVariable} and {AuthorityVariable} (and {KeyVariable}, unless the key is in the certificate's file), or none of them.");
            }
        }

        return Load(certificate!, key, authority!);
    }

    /// <summary>Reads PEM files.</summary>
    /// <param name="certificate">This process's certificate.</param>
    /// <param name="key">Its private key; null if it is in the same file.</param>
    /// <param name="authority">The authorities.</param>
    /// <exception cref="PoaException">A file cannot be used.</exception>
    public static ClusterTls Load(string certificate, string? key, string authority)
    {
        var authorities = new X509Certificate2Collection();
        Read(authority, () => authorities.ImportFromPemFile(authority));
        if (authorities.Count == 0)
        {
            throw Unusable(authority, "it holds no certificate");
        }

        X509Certificate2? own = null;
        Read(key ?? certificate, () => own = X509Certificate2.CreateFromPemFile(certificate, key));
        var tls = new ClusterTls(own!, authorities);
        if (own!.Extensions.OfType<X509EnhancedKeyUsageExtension>().FirstOrDefault() is { } usages)
        {
            var allowed = usages.EnhancedKeyUsages.Cast<Oid>().Select(usage => usage.Value).ToList();
            if (!allowed.Contains(ServerUsage) || !allowed.Contains(ClientUsage))
            {
                throw Unusable(certificate, "its extended key usage lacks server or client authentication; silos need both");
            }
        }

        return tls.FaultOf(own) is { } fault ? throw Unusable(certificate, $"{fault} (authorities: {authority})") : tls;
    }

    /// <summary>Hands them to Orleans, for a silo or a client.</summary>
    /// <param name="options">Orleans' options.</param>
    public void Apply(TlsOptions options)
    {
        options.LocalCertificate = Certificate;
        options.RemoteCertificateMode = RemoteCertificateMode.RequireCertificate;
        options.ClientCertificateMode = RemoteCertificateMode.RequireCertificate;
        options.RemoteCertificateValidation = (certificate, _, _) => FaultOf(certificate) is null;
        options.OnAuthenticateAsClient = (_, authentication) => authentication.TargetHost = "poa"; // nobody looks at it, yet it must be something
    }

    /// <summary>Why a certificate is not to be taken; null if one of the authorities has signed it, and it is valid now.</summary>
    /// <param name="certificate">What the other side shows.</param>
    public string? FaultOf(X509Certificate2 certificate)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(_authorities);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        return chain.Build(certificate)
            ? null
            : string.Join(", ", chain.ChainStatus.Select(status => status.Status switch
            {
                X509ChainStatusFlags.NotTimeValid => $"it is valid from {certificate.NotBefore.ToUniversalTime():u} to {certificate.NotAfter.ToUniversalTime():u} only",
                X509ChainStatusFlags.PartialChain or X509ChainStatusFlags.UntrustedRoot => $"{certificate.Subject} is not signed by a trusted authority",
                _ => status.StatusInformation.TrimEnd('.'),
            }).Distinct());
    }

    private static void Read(string file, Action read)
    {
        try
        {
            read();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or CryptographicException or ArgumentException)
        {
            throw Unusable(file, e.Message.TrimEnd('.'), e);
        }
    }

    private static PoaException Unusable(string file, string why, Exception? cause = null) => new(
        new WorkError(ErrorCodes.TlsFailed, $"{file} cannot be used for TLS: {why}.", $"Correct {CertificateVariable}, {KeyVariable} and {AuthorityVariable}."), cause);
}
