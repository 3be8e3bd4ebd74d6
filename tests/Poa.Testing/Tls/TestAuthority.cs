using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Poa.Testing;

/// <summary>A certificate authority of one test, with PEM files as an operator mounts them.</summary>
public sealed class TestAuthority : IDisposable
{
    private readonly string folder;
    private readonly X509Certificate2 root;
    private int serial;

    /// <param name="folder">Where the files go.</param>
    /// <param name="name">Stands in file names and subjects.</param>
    public TestAuthority(string folder, string name)
    {
        this.folder = folder;
        Name = name;
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, false, 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, critical: true));
        root = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-30), DateTimeOffset.UtcNow.AddDays(30));
        File = Path.Combine(folder, $"{name}.pem");
        System.IO.File.WriteAllText(File, root.ExportCertificatePem());
    }

    public string Name { get; }

    /// <summary>PEM file of the authority's certificate.</summary>
    public string File { get; }

    /// <summary>Makes a certificate.</summary>
    /// <param name="subject">Its name.</param>
    /// <param name="days">For how many days it is valid from yesterday on; negative for one that has expired.</param>
    /// <param name="usages">Extended key usages; none stands for server and client.</param>
    /// <returns>PEM files of certificate and key.</returns>
    public (string Certificate, string Key) Issue(string subject, int days = 10, params string[] usages)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={subject}", key, HashAlgorithmName.SHA256);
        OidCollection purposes = [];
        foreach (var usage in usages.Length > 0 ? usages : ["1.3.6.1.5.5.7.3.1", "1.3.6.1.5.5.7.3.2"])
        {
            purposes.Add(new Oid(usage));
        }

        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension(purposes, critical: false));
        var until = DateTimeOffset.UtcNow.AddDays(days);
        using var certificate = request.Create(root, days > 0 ? DateTimeOffset.UtcNow.AddDays(-1) : until.AddDays(-1), until, BitConverter.GetBytes(++serial));
        var files = (Path.Combine(folder, $"{Name}-{subject}.crt"), Path.Combine(folder, $"{Name}-{subject}.key"));
        System.IO.File.WriteAllText(files.Item1, certificate.ExportCertificatePem());
        System.IO.File.WriteAllText(files.Item2, key.ExportPkcs8PrivateKeyPem());
        return files;
    }

    public void Dispose() => root.Dispose();
}
