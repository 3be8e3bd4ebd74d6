using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Poa.Actors.Dashboard.Hosting;

/// <summary>The certificate that https is served with.</summary>
internal static class Certificates
{
    /// <summary>Reads it; null where http is served.</summary>
    /// <exception cref="PoaException">It cannot be read, or has no private key.</exception>
    public static X509Certificate2? Load(DashboardOptions options)
    {
        if (options.CertificateFile is not { } file)
        {
            return null;
        }

        try
        {
            var isPfx = Path.GetExtension(file).ToLowerInvariant() is ".pfx" or ".p12";
            var certificate = isPfx ? X509CertificateLoader.LoadPkcs12FromFile(file, null) : X509Certificate2.CreateFromPemFile(file, options.CertificateKeyFile);
            return certificate.HasPrivateKey ? certificate : throw new CryptographicException("it has no private key");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or CryptographicException)
        {
            throw new PoaException(
                new WorkError(ErrorCodes.InvalidArgument, $"The certificate {file} cannot be used: {e.Message}", "Give a PEM file (--certificate FILE --certificate-key FILE), or a PFX file without a password."), e);
        }
    }
}
