using System.Security.Cryptography.X509Certificates;
using Poa.Actors.Abstractions;
using Poa.Testing;

namespace Poa.Actors.Database.Tests;

public sealed class ClusterTlsTests : IDisposable
{
    private const string ServerOnly = "1.3.6.1.5.5.7.3.1";
    private readonly string _folder = Directory.CreateTempSubdirectory("poa-tls-").FullName;
    private readonly TestAuthority _ours;
    private readonly TestAuthority _theirs;

    public ClusterTlsTests() => (_ours, _theirs) = (new TestAuthority(_folder, "ours"), new TestAuthority(_folder, "theirs"));

    public void Dispose()
    {
        _ours.Dispose();
        _theirs.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public void FromEnvironment_NothingSet_NoTls() => Assert.Null(ClusterTls.FromEnvironment(_ => null));

    [Fact]
    public void FromEnvironment_AllSet_TakesWhatTheAuthoritySignedAndNothingElse()
    {
        var (certificate, key) = _ours.Issue("control-1");
        var tls = Read(certificate, key, _ours.File)!;
        Assert.True(tls.Certificate.HasPrivateKey);
        Assert.Null(tls.FaultOf(X509CertificateLoader.LoadCertificateFromFile(_ours.Issue("worker-1").Certificate)));
        Assert.StartsWith("it is valid from ", tls.FaultOf(X509CertificateLoader.LoadCertificateFromFile(_ours.Issue("expired", days: -1).Certificate)), StringComparison.Ordinal);
        Assert.EndsWith("is not signed by a trusted authority", tls.FaultOf(X509CertificateLoader.LoadCertificateFromFile(_theirs.Issue("control-1").Certificate)), StringComparison.Ordinal);
    }

    [Fact]
    public void FromEnvironment_KeyWithinTheCertificatesFile_Taken()
    {
        var (certificate, key) = _ours.Issue("control-1");
        File.AppendAllText(certificate, "\n" + File.ReadAllText(key));
        Assert.True(Read(certificate, null, _ours.File)!.Certificate.HasPrivateKey);
    }

    [Fact]
    public void FromEnvironment_SetInPart_SaysWhatIsMissing()
    {
        var (certificate, key) = _ours.Issue("control-1");
        Assert.Contains(ClusterTls.AuthorityVariable, Refused(certificate, key, null).Message, StringComparison.Ordinal);
        Assert.Contains(ClusterTls.CertificateVariable, Refused(null, key, _ours.File).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void FromEnvironment_FilesThatDoNotFit_RefusedWithFileAndReason()
    {
        var (certificate, key) = _ours.Issue("control-1");
        Assert.Contains("not signed by a trusted authority", Refused(certificate, key, _theirs.File).Message, StringComparison.Ordinal);
        Assert.Contains(_ours.Issue("other").Key, Refused(certificate, _ours.Issue("other").Key, _ours.File).Message, StringComparison.Ordinal);
        var old = _ours.Issue("old", days: -1);
        Assert.Contains("it is valid from", Refused(old.Certificate, old.Key, _ours.File).Message, StringComparison.Ordinal);
        var server = _ours.Issue("server", 10, ServerOnly);
        Assert.Contains("extended key usage", Refused(server.Certificate, server.Key, _ours.File).Message, StringComparison.Ordinal);
        Assert.Contains("/nowhere/ca.pem", Refused(certificate, key, "/nowhere/ca.pem").Message, StringComparison.Ordinal);
        Assert.Contains("no certificate", Refused(certificate, key, key).Message, StringComparison.Ordinal);
    }

    private static PoaException Refused(string? certificate, string? key, string? authority) => Assert.Throws<PoaException>(() => Read(certificate, key, authority));

    private static ClusterTls? Read(string? certificate, string? key, string? authority) => ClusterTls.FromEnvironment(name => name switch
    {
        ClusterTls.CertificateVariable => certificate,
        ClusterTls.KeyVariable => key,
        ClusterTls.AuthorityVariable => authority,
        _ => null,
    });
}
