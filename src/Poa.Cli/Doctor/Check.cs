namespace Poa.Cli.Doctor;

/// <summary>How a check ended.</summary>
internal enum CheckStatus
{
    /// <summary>As it should be.</summary>
    Ok,

    /// <summary>Works, but slower or narrower than it could.</summary>
    Warning,

    /// <summary>Something will not work until it is mended.</summary>
    Failed,
}

/// <summary>One finding of <c>poa doctor</c>.</summary>
/// <param name="Name">What was looked at.</param>
/// <param name="Status">How it is.</param>
/// <param name="Detail">What was found, with figures.</param>
/// <param name="Remedy">What to do; null where nothing is to be done.</param>
internal sealed record Check(string Name, CheckStatus Status, string Detail, string? Remedy = null);
