using System.Security.Cryptography;
using System.Text;

namespace Poa.Actors.Abstractions;

/// <summary>Keys of calibrations.</summary>
public static class CalibrationKey
{
    private const int Digits = 32;

    /// <summary>
    /// SHA-256 over configuration, images and software version, first 32 hexadecimal digits: what was measured once is found again
    /// until one of them changes.
    /// </summary>
    /// <param name="configurationFingerprint">SHA-256 of the configuration, in hexadecimal digits.</param>
    /// <param name="data">Data specification.</param>
    /// <param name="softwareVersion">Version of the cluster's software.</param>
    public static string Of(string configurationFingerprint, string data, string softwareVersion) =>
        // The length before the one free text keeps the encoding injective.
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{configurationFingerprint};{data.Length}:{data};{softwareVersion}")))[..Digits];

    /// <summary>Checks a key.</summary>
    /// <param name="key">The text.</param>
    /// <returns>The key.</returns>
    /// <exception cref="PoaException">It is not of that form.</exception>
    public static string Validate(string key) => key.Length == Digits && key.All(char.IsAsciiHexDigitLower)
        ? key
        : throw new PoaException(ErrorCodes.InvalidArgument, $"'{key}' is not a calibration.", "Use the key that starting it gave.");
}
