using Poa.Actors.Dashboard.Security;

namespace Poa.Actors.Dashboard.Api;

/// <summary>The HTTP status of an error.</summary>
internal static class ErrorStatus
{
    /// <summary>The status that tells a program what kind of error it met.</summary>
    /// <param name="error">The error.</param>
    public static int Of(WorkError error) => error.Code switch
    {
        ErrorCodes.RunNotFound or ErrorCodes.CheckpointNotFound or ErrorCodes.SweepNotFound or ErrorCodes.SearchNotFound or ErrorCodes.AblationNotFound or ErrorCodes.ExtractionNotFound or
            ErrorCodes.ShardNotFound or ErrorCodes.CalibrationNotFound or ErrorCodes.BlobNotFound or
            ApiErrorCodes.PresetNotFound or SecurityErrors.AccountNotFound or SecurityErrors.KeyNotFound => StatusCodes.Status404NotFound,
        ErrorCodes.InvalidArgument => StatusCodes.Status400BadRequest,
        SecurityErrors.NotSignedIn or SecurityErrors.SignInRefused => StatusCodes.Status401Unauthorized,
        ErrorCodes.DataNotAllowed or SecurityErrors.Forbidden => StatusCodes.Status403Forbidden,
        ErrorCodes.RunExists or ErrorCodes.SweepExists or ErrorCodes.SearchExists or ErrorCodes.AblationExists or ErrorCodes.IllegalTransition or SecurityErrors.AccountExists => StatusCodes.Status409Conflict,
        ErrorCodes.HostUnreachable or ErrorCodes.NoWorker => StatusCodes.Status503ServiceUnavailable,
        ErrorCodes.Timeout => StatusCodes.Status504GatewayTimeout,
        ErrorCodes.DamagedFile => StatusCodes.Status500InternalServerError,
        _ when error.Code.StartsWith("storage-", StringComparison.Ordinal) => error.Retryable
            ? StatusCodes.Status503ServiceUnavailable
            : StatusCodes.Status500InternalServerError,

        // What a worker found wrong with what was asked for, such as images that cannot be read.
        _ => error.Retryable ? StatusCodes.Status503ServiceUnavailable : StatusCodes.Status422UnprocessableEntity,
    };
}
