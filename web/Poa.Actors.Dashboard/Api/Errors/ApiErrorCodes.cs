namespace Poa.Actors.Dashboard.Api;

/// <summary>Codes of the errors that the API adds to <see cref="ErrorCodes"/>.</summary>
internal static class ApiErrorCodes
{
    /// <summary>There is nothing at the address (HTTP 404).</summary>
    public const string NotFound = "not-found";

    /// <summary>No preset has this name (HTTP 404).</summary>
    public const string PresetNotFound = "preset-not-found";

    /// <summary>A fault of the server itself (HTTP 500).</summary>
    public const string Internal = "internal-error";
}
